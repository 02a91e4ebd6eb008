import { expect, it } from "vitest";
import { LatestValue } from "../../../src/analysis/live/latest-value.ts";

const never = new AbortController().signal;

it("gives the value at once and then each change", async () => {
  const latest = new LatestValue(1);
  const watching = latest.watch(never);
  expect((await watching.next()).value).toBe(1);
  const second = watching.next();
  latest.set(2);
  expect((await second).value).toBe(2);
});

it("gives a slow watcher the latest, and nothing twice", async () => {
  const latest = new LatestValue(1);
  const watching = latest.watch(never);
  await watching.next();
  for (let value = 2; value <= 1_000; value++) latest.set(value);
  expect((await watching.next()).value).toBe(1_000);
  const more = watching.next();
  latest.end();
  expect((await more).done).toBe(true);
});

it("gives the last value to those that come after the end", async () => {
  const latest = new LatestValue("a");
  latest.set("b");
  latest.end();
  expect(await Array.fromAsync(latest.watch(never))).toEqual(["b"]);
});

it("gives a change that came just before the end", async () => {
  const latest = new LatestValue("a");
  const watching = latest.watch(never);
  await watching.next();
  latest.set("b");
  latest.end();
  expect(await Array.fromAsync(watching)).toEqual(["b"]);
});

it("ends for a watcher that leaves, and for no other", async () => {
  const latest = new LatestValue(1);
  const leaving = new AbortController();
  const [left, stayed] = [latest.watch(leaving.signal), latest.watch(never)];
  await Promise.all([left.next(), stayed.next()]);
  const [afterLeft, afterStayed] = [left.next(), stayed.next()];
  leaving.abort();
  expect((await afterLeft).done).toBe(true);
  latest.set(2);
  expect((await afterStayed).value).toBe(2);
});
