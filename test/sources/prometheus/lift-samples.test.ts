import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type LiftedBody, liftSamples } from "../../../src/sources/prometheus/lift-samples.ts";
import { readMatrix } from "../../../src/sources/prometheus/read-matrix.ts";

const lift = (text: string) => liftSamples(Buffer.from(text));
const window = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };

/** Both ways of reading a list of series: with the samples lifted, and by JSON.parse alone. */
function bothWays(text: string): unknown[] {
  const plain: LiftedBody = { json: text, lists: [] };
  return [lift(text), plain].map(({ json, lists }) => {
    try {
      return readMatrix(JSON.parse(json), lists, window);
    } catch (error) {
      return error instanceof Error ? error.name : error;
    }
  });
}

describe("liftSamples", () => {
  it("takes out every list of samples and leaves its index", () => {
    const text =
      '[{"metric":{"a":"ä"},"values":[[1,"2"],[3.5,"NaN"]]},{"values":[[0.012,"-1e-7"]],"metric":{}}]';
    expect(lift(text)).toEqual({
      json: '[{"metric":{"a":"ä"},"values":0 },{"values":1 ,"metric":{}}]',
      lists: [
        { times: [1_000, 3_500], values: [2, Number.NaN] },
        { times: [12], values: [-1e-7] },
      ],
    });
  });

  it.each([
    '{"a":"b,\\"values\\":[[1,\\"2\\"]]"}',
    '{"a\\"values":[[1,"2"]]}',
    '{"values":[]}',
    '{"values":[[]]}',
    '{"values":[[1,2]]}',
    '{"values":[[1,"2",3]]}',
    '{"values":[[1,"2"],]}',
    '{"values":[[1,"2"][3,"4"]]}',
    '{"values":[[1,"2"]',
    '{"values":[[1,"2',
    '{"values":[[1,"',
    '{"values":[[1',
    '{"values":[[',
    '{"values":[["1","2"]]}',
    '{"values":[[-1,"2"]]}',
    '{"values":[[01,"2"]]}',
    '{"values":[[1.,"2"]]}',
    '{"values":[[1.0005,"2"]]}',
    '{"values":[[1e3,"2"]]}',
    '{"values":[[123456789012,"2"]]}',
    '{"values":[[1,""]]}',
    '{"values":[[1,"two"]]}',
    '{"values":[[1,"1\\u0030"]]}',
    '{"values":[[1,"000000000000000000000000000000000000two"]]}',
    '{"values": [[1,"2"]]}',
    '{"values":[[1, "2"]]}',
  ])("leaves %s as it is", (text) => {
    expect(lift(text)).toEqual({ json: text, lists: [] });
  });

  it("goes on behind a list that it left", () => {
    const text = '[{"values":[[1,2]]},{"values":[[3,"4"]]}]';
    expect(lift(text).json).toBe('[{"values":[[1,2]]},{"values":0 }]');
  });

  it("gives the samples that JSON.parse gives, whatever is told of whatever time", () => {
    const time = fc.oneof(
      fc.integer({ min: 0, max: 2 ** 42 }).map((ms) => ms / 1_000),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
    );
    const value = fc.oneof(
      fc.maxSafeNat().map(String),
      fc.bigInt({ min: 0n, max: 2n ** 80n }).map(String),
      fc.double().map((double) => String(double).replace(/^(-?)Infinity$/, (_, sign) => `${sign || "+"}Inf`)),
      fc.string({ maxLength: 3 }),
    );
    const labels = fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.constant('},"values":[[1,"2"]]')));
    const entry = fc.record({ metric: labels, values: fc.array(fc.tuple(time, value), { maxLength: 3 }) });
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 4 }), (result) => {
        const [lifted, parsed] = bothWays(JSON.stringify(result));
        expect(lifted).toEqual(parsed);
      }),
      { numRuns: 500 },
    );
  });

  it("gives what JSON.parse gives wherever the text is cut or a byte is another", () => {
    const text =
      '[{"metric":{"a":"b"},"values":[[1,"2"],[3.25,"1.5"],[40,"+Inf"]]},{"metric":{},"values":[[5,"6"]]}]';
    const byte = fc.constantFrom(...'[]{},:"\\0123456789.eE+- valuesNI');
    fc.assert(
      fc.property(fc.nat(text.length - 1), byte, fc.boolean(), (at, other, isCut) => {
        const damaged = isCut ? text.slice(0, at) : text.slice(0, at) + other + text.slice(at + 1);
        const [lifted, parsed] = bothWays(damaged);
        expect(lifted).toEqual(parsed);
      }),
      { numRuns: 1_000 },
    );
  });
});
