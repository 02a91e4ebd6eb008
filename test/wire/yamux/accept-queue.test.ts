import { expect, it } from "vitest";
import { AcceptQueue } from "../../../src/wire/yamux/accept-queue.ts";

it("gives what arrived in order, to those who ask before and after", async () => {
  const queue = new AcceptQueue<string>(2);
  const early = queue.take();
  queue.put("a");
  queue.put("b");
  queue.put("c");
  expect([await early, await queue.take(), await queue.take()]).toEqual(["a", "b", "c"]);
});

it("has room for its capacity and for everyone who waits", async () => {
  const queue = new AcceptQueue<string>(1);
  expect(queue.hasRoom).toBe(true);
  queue.put("a");
  expect(queue.hasRoom).toBe(false);
  await queue.take();
  expect(queue.hasRoom).toBe(true);
  const unbuffered = new AcceptQueue<string>(0);
  expect(unbuffered.hasRoom).toBe(false);
  const waiting = unbuffered.take();
  expect(unbuffered.hasRoom).toBe(true);
  unbuffered.put("b");
  expect(await waiting).toBe("b");
});

it("ends with null for all who wait and will, and forgets what arrived", async () => {
  const queue = new AcceptQueue<string>(1);
  const waiting = queue.take();
  queue.end(null);
  expect(await waiting).toBeNull();
  const full = new AcceptQueue<string>(1);
  full.put("a");
  full.end(null);
  expect(await full.take()).toBeNull();
});

it("ends with an error for all who wait and will", async () => {
  const queue = new AcceptQueue<string>(1);
  const waiting = queue.take();
  queue.end(new Error("gone"));
  await expect(waiting).rejects.toThrow("gone");
  await expect(queue.take()).rejects.toThrow("gone");
});
