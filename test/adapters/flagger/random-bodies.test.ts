import fc from "fast-check";
import { expect, it } from "vitest";
import { hookTypes } from "../../../src/adapters/flagger/hook-call.ts";
import { flaggerStage } from "./flagger-stage.ts";

const word = fc.oneof(
  fc.constantFrom("checkout", "shop", "Progressing", "r1", "a.b", "", "__proto__"),
  fc.string(),
);
const scalar = fc.oneof(word, fc.constant(null), fc.boolean(), fc.double(), fc.constant("x".repeat(300)));
const metadata = fc.oneof(
  fc.dictionary(fc.oneof(fc.constantFrom("token", "hook", "spec", "duration", "eventMessage"), word), word, {
    maxKeys: 4,
  }),
  scalar,
);
const payload = fc.record(
  {
    name: scalar,
    namespace: scalar,
    phase: scalar,
    checksum: scalar,
    metadata,
    other: fc.jsonValue({ maxDepth: 2 }),
  },
  { requiredKeys: [] },
);
const near = metadata.map((said) => ({
  name: "checkout",
  namespace: "shop",
  phase: "x",
  checksum: "r1",
  metadata: said,
}));
const text = fc.oneof(
  payload.map((value) => JSON.stringify(value)),
  near.map((value) => JSON.stringify(value)),
  fc.tuple(near, fc.nat({ max: 90 })).map(([value, length]) => JSON.stringify(value).slice(0, length)),
  fc.json({ maxDepth: 3 }),
  fc.string({ unit: "binary", maxLength: 100 }),
);
const path = fc.oneof(
  fc.constantFrom("", ...hookTypes.map((type) => `/${type}`)),
  fc.webSegment().map((segment) => `/${segment}`),
);

it("10,000 random bodies are answered with one line each, and never a 5xx", async () => {
  const stage = await flaggerStage();
  const statuses = new Set<number>();
  const requests = fc.sample(fc.tuple(path, text), { seed: 7, numRuns: 10_000 });
  for (let from = 0; from < requests.length; from += 100) {
    await Promise.all(
      requests.slice(from, from + 100).map(async ([where, body]) => {
        const answer = await stage.inject(`/flagger/v1${where}`, body);
        statuses.add(answer.status);
        expect([200, 400, 403, 404], `${where} ${body}`).toContain(answer.status);
        expect(Buffer.byteLength(answer.text)).toBeLessThanOrEqual(1_024);
        expect(answer.text).toMatch(/^.+$/);
      }),
    );
  }
  // What is nearly right gets through to the releases.
  expect([...statuses].sort()).toEqual([200, 400, 403, 404]);
  expect(stage.log.filter(({ level }) => level === "error")).toEqual([]);
});
