import { status } from "@grpc/grpc-js";
import fc from "fast-check";
import { expect, it } from "vitest";
import { writeStruct } from "../../../src/adapters/grpc/struct.ts";
import { specDocument } from "../../support/sample-record.ts";
import { encodeRequest, serveGrpc } from "./serve-grpc.ts";

const spec = writeStruct(specDocument);
const counts = { canary: { total: 900, bad: 9 }, baseline: { total: 9_000, bad: 12 } };

/** Messages that are right, for the bytes to be near them. */
const right = [
  ["Start", { spec, key: "k" }],
  ["Start", { specText: JSON.stringify(specDocument) }],
  ["Get", { id: "k" }],
  ["List", { service: "checkout", namespace: "shop", phase: "PHASE_RUNNING", limit: 5 }],
  ["Cancel", { id: "k" }],
  ["Judge", { spec, counts }],
  ["Judge", { spec, ticks: { ticks: [{ metrics: { errors: counts } }] } }],
  ["Judge", { spec, window: { from: { seconds: 1_767_225_600 }, to: { seconds: 1_767_229_200 } } }],
] as const;

/** Where bytes of a message are cut, left out or become others. */
const damage = fc.array(
  fc.record({ at: fc.nat(), remove: fc.nat(3), insert: fc.uint8Array({ maxLength: 3 }) }),
  {
    maxLength: 4,
  },
);

const call = fc.oneof(
  fc.tuple(fc.constantFrom(...right), damage).map(([[name, message], damages]) => {
    let bytes = encodeRequest(name, message);
    for (const { at, remove, insert } of damages) {
      const cut = at % (bytes.length + 1);
      bytes = Buffer.concat([bytes.subarray(0, cut), insert, bytes.subarray(cut + remove)]);
    }
    return { name, bytes };
  }),
  fc.tuple(fc.constantFrom(...right), fc.uint8Array({ maxLength: 60 })).map(([[name], bytes]) => ({
    name,
    bytes: Buffer.from(bytes),
  })),
);

const blameless: ReadonlySet<number> = new Set([
  status.INVALID_ARGUMENT,
  status.NOT_FOUND,
  status.ALREADY_EXISTS,
  status.RESOURCE_EXHAUSTED,
]);

it("answers whatever bytes come, or tells the caller what is wrong with them", async () => {
  const { client, logger } = await serveGrpc({ prepare: (run) => run.pass() });
  await fc.assert(
    fc.asyncProperty(call, async ({ name, bytes }) => {
      const failure = await client.send(name, bytes);
      if (failure !== null) expect(blameless).toContain(failure.code);
    }),
    { numRuns: 400, seed: 6 },
  );
  expect(logger.errors).toEqual([]);
});
