/** The tests that every SampleSource passes, and what a source under test has to be able to meet. */
import { describe, expect, it } from "vitest";
import type { SampleSource, Series } from "../../src/analysis/ports.ts";
import type { Matcher } from "../../src/analysis/selector.ts";

/** A series that a source is made to hold. */
export interface HeldSeries {
  /** With `__name__`. */
  readonly labels: Readonly<Record<string, string>>;
  /**
   * `[offset, value]` in rising order. The offset is in milliseconds after the
   * fixture's `origin`, a multiple of 15 s from 0 to 5 min: a scraping source
   * meets every series of one offset in one scrape.
   */
  readonly samples: readonly (readonly [offset: number, value: number])[];
}

/** Puts a source where a test needs it. Whatever a call opens, the fixture closes after the test. */
export interface SampleSourceFixture {
  /** The time that offsets count from, milliseconds since the epoch; a whole second. */
  readonly origin: number;
  /** A source that holds these series and no other whose name starts with `contract_`. */
  holding(series: readonly HeldSeries[]): Promise<SampleSource>;
  /** A source that nothing answers to. Its own retries are over within a second. */
  unreachable(): Promise<SampleSource>;
}

const name = "contract_requests_total";
const step = 15_000;
const minutes = 60_000;

const shop: readonly HeldSeries[] = [
  held({ pod: "a-1", status: "200" }, [1, 2, 3]),
  held({ pod: "a-2", status: "500" }, [4, 5, 6]),
  held({ pod: "b-1" }, [7, 8, 9]),
  { labels: { __name__: "contract_other_total", pod: "a-1" }, samples: [[step, 1]] },
];

/** Which pods of `shop` each matcher keeps; an absent label counts as the empty string. */
const selections: readonly (readonly [matchers: readonly Matcher[], pods: readonly string[]])[] = [
  [[], ["a-1", "a-2", "b-1"]],
  [[{ label: "pod", op: "=", value: "a-1" }], ["a-1"]],
  [[{ label: "pod", op: "!=", value: "a-1" }], ["a-2", "b-1"]],
  [[{ label: "pod", op: "=~", value: "a-.*" }], ["a-1", "a-2"]],
  [[{ label: "pod", op: "=~", value: "a" }], []],
  [[{ label: "pod", op: "=~", value: "b-1|a-1" }], ["a-1", "b-1"]],
  [[{ label: "pod", op: "=~", value: "(a|b)-[0-9]" }], ["a-1", "a-2", "b-1"]],
  [[{ label: "pod", op: "!~", value: "a-.*" }], ["b-1"]],
  [[{ label: "pod", op: "!~", value: "a" }], ["a-1", "a-2", "b-1"]],
  [[{ label: "status", op: "=", value: "" }], ["b-1"]],
  [[{ label: "status", op: "!=", value: "" }], ["a-1", "a-2"]],
  [[{ label: "status", op: "!=", value: "500" }], ["a-1", "b-1"]],
  [[{ label: "status", op: "=~", value: ".*" }], ["a-1", "a-2", "b-1"]],
  [[{ label: "status", op: "=~", value: "5..|" }], ["a-2", "b-1"]],
  [[{ label: "status", op: "!~", value: "5.." }], ["a-1", "b-1"]],
  [[{ label: "status", op: "!~", value: ".+" }], ["b-1"]],
  [
    [
      { label: "pod", op: "=~", value: "a-.*" },
      { label: "status", op: "!~", value: "5.." },
    ],
    ["a-1"],
  ],
];

/** Declares the suite for one implementation. */
export function describeSampleSource(subject: string, fixture: SampleSourceFixture): void {
  const { origin } = fixture;
  const read = (source: SampleSource, matchers: readonly Matcher[] = [], from = -step, to = 5 * minutes) =>
    source.read(
      { metric: name, matchers },
      { from: origin + from, to: origin + to },
      new AbortController().signal,
    );
  const offsets = (series: Series | undefined) => series?.times.map((time) => time - origin);

  describe(`${subject}, as a SampleSource`, () => {
    it.each(selections)("keeps the series that match %j", async (matchers, pods) => {
      const { series } = await read(await fixture.holding(shop), matchers);
      expect(series.map(({ labels }) => labels["pod"]).sort()).toEqual(pods);
    });

    it("matches label values that hold quotes, backslashes and line breaks", async () => {
      const odd = 'say "hi"\\\nthen {go}';
      const source = await fixture.holding([held({ pod: odd }, [1]), held({ pod: "plain" }, [2])]);
      const { series } = await read(source, [{ label: "pod", op: "=", value: odd }]);
      expect(series.map(({ labels }) => labels["pod"])).toEqual([odd]);
    });

    it("tells every label, the name of the metric included", async () => {
      const { series } = await read(await fixture.holding([held({ pod: "a-1", status: "200" }, [1])]));
      expect(series[0]?.labels).toMatchObject({ __name__: name, pod: "a-1", status: "200" });
    });

    it("gives the raw samples in rising order of time, each time once", async () => {
      const { series } = await read(await fixture.holding([held({ pod: "a-1" }, [10, 11, 5, 5, 6.5])]));
      expect(offsets(series[0])).toEqual([0, step, 2 * step, 3 * step, 4 * step]);
      expect(series[0]?.values).toEqual([10, 11, 5, 5, 6.5]);
    });

    it("gives what comes after the window's start, up to and including its end", async () => {
      const source = await fixture.holding([held({ pod: "a-1" }, [1, 2, 3, 4, 5])]);
      const { series } = await read(source, [], step, 3 * step);
      expect(offsets(series[0])).toEqual([2 * step, 3 * step]);
      expect(series[0]?.values).toEqual([3, 4]);
    });

    it("gives every sample once to windows that follow each other", async () => {
      const source = await fixture.holding([held({ pod: "a-1" }, [1, 2, 3, 4, 5, 6])]);
      const values: number[] = [];
      for (let from = -step; from < 6 * step; from += 2 * step) {
        const { series } = await read(source, [], from, from + 2 * step);
        values.push(...(series[0]?.values ?? []));
      }
      expect(values).toEqual([1, 2, 3, 4, 5, 6]);
    });

    it("leaves a gap as it is", async () => {
      const samples = [[0, 1] as const, [4 * step, 9] as const];
      const others = held({ pod: "b-1" }, [1, 1, 1, 1, 1]);
      const source = await fixture.holding([{ labels: { __name__: name, pod: "a-1" }, samples }, others]);
      const { series } = await read(source, [{ label: "pod", op: "=", value: "a-1" }]);
      expect(offsets(series[0])).toEqual([0, 4 * step]);
    });

    it("leaves out a series without samples in the window", async () => {
      const late = { labels: { __name__: name, pod: "late" }, samples: [[8 * step, 1] as const] };
      const source = await fixture.holding([held({ pod: "a-1" }, [1, 2, 3]), late]);
      const pods = async (from: number, to: number) =>
        (await read(source, [], from, to)).series.map(({ labels }) => labels["pod"]);
      expect(await pods(-step, 2 * step)).toEqual(["a-1"]);
      expect(await pods(2 * step, 8 * step)).toEqual(["late"]);
    });

    it("answers no series for a metric that it does not hold", async () => {
      const source = await fixture.holding([
        { labels: { __name__: "contract_other_total" }, samples: [[step, 1]] },
      ]);
      expect((await read(source)).series).toEqual([]);
    });

    it("keeps NaN and both infinities as values", async () => {
      const values = [1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
      const { series } = await read(await fixture.holding([held({ pod: "a-1" }, values)]));
      expect(series[0]?.values).toEqual(values);
    });

    it("keeps every digit of a large count", async () => {
      const values = [9_007_199_254_740_991, 0.1];
      const { series } = await read(await fixture.holding([held({ pod: "a-1" }, values)]));
      expect(series[0]?.values).toEqual(values);
    });

    it("answers the same when asked again, and to several callers at once", async () => {
      const source = await fixture.holding(shop);
      const [first, second] = await Promise.all([read(source), read(source)]);
      expect(first.series).toHaveLength(3);
      expect(second).toEqual(first);
      expect(await read(source)).toEqual(first);
    });

    it("rejects a regular expression that is none", async () => {
      const source = await fixture.holding(shop);
      const reading = read(source, [{ label: "pod", op: "=~", value: "a(" }]);
      await expect(reading).rejects.toMatchObject({ name: "CoalmineError", code: "query-rejected" });
    });

    it("says source-unavailable when nothing answers", async () => {
      const source = await fixture.unreachable();
      const error = { name: "CoalmineError", code: "source-unavailable" };
      await expect(read(source)).rejects.toMatchObject(error);
    });

    it("throws the caller's own reason when the caller gave up", async () => {
      const reason = new Error("the rollout was aborted");
      const window = { from: origin, to: origin + minutes };
      const ask = (source: SampleSource) =>
        source.read({ metric: name, matchers: [] }, window, AbortSignal.abort(reason));
      await expect(ask(await fixture.holding(shop))).rejects.toBe(reason);
      await expect(ask(await fixture.unreachable())).rejects.toBe(reason);
    });
  });
}

function held(labels: Readonly<Record<string, string>>, values: readonly number[]): HeldSeries {
  return {
    labels: { __name__: name, ...labels },
    samples: values.map((value, index) => [index * step, value]),
  };
}
