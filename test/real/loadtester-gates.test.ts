/** Flagger's load tester and Coalmine, asked the same. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type LoadTester, startLoadTester } from "../servers/start-load-tester.ts";
import { gateDifferences, isAsTold } from "../support/gate-differences.ts";
import { exchangeAll, type GateReply } from "../support/gate-exchange.ts";
import { gateSequences } from "../support/gate-requests.ts";
import { type GateServer, serveGates, tokenAccess } from "../support/serve-gates.ts";

let loadTester: LoadTester;
let coalmine: GateServer;
let guarded: GateServer;
beforeAll(async () => {
  loadTester = await startLoadTester(["-log-level=error"]);
  coalmine = await serveGates();
  guarded = await serveGates({ access: tokenAccess });
});
afterAll(async () => {
  await loadTester?.stop();
  for (const server of [coalmine, guarded]) await server?.close();
});

let canaries = 0;
const newCanary = () => `checkout-${++canaries}`;

/** The load tester's 400 has no text; ours has one, on one line. */
function withoutRefusal(reply: GateReply): unknown {
  return reply.status === 400 ? reply.status : reply;
}

test.each(gateSequences)("both answer alike: $about", async ({ requests }) => {
  const sent = requests(newCanary());
  const theirs = await exchangeAll(loadTester.url, sent);
  const ours = await exchangeAll(coalmine.url, sent);
  expect(ours.map(withoutRefusal)).toEqual(theirs.map(withoutRefusal));
  for (const { body } of theirs.filter(({ status }) => status === 400)) expect(body).toBe("");
  for (const { body } of ours.filter(({ status }) => status === 400)) expect(body).toMatch(/^.{10,1024}$/);
});

test.each(gateDifferences)("they differ as gates.md says: $about", async (difference) => {
  const sent = difference.requests(newCanary());
  const theirs = (await exchangeAll(loadTester.url, sent)).at(-1)!;
  const ours = (await exchangeAll(difference.hasTokens ? guarded.url : coalmine.url, sent)).at(-1)!;
  expect(isAsTold(theirs, difference.loadTester), JSON.stringify(theirs)).toBe(true);
  expect(isAsTold(ours, difference.coalmine), JSON.stringify(ours)).toBe(true);
});
