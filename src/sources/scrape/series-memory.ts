/** What one target's scrapes have answered lately. */
import type { Series } from "../../analysis/ports.ts";
import type { LabelTest } from "../../analysis/selector.ts";
import { CoalmineError } from "../../base/errors.ts";
import type { ExposedSample } from "./exposition.ts";
import { SampleRing } from "./sample-ring.ts";
import { seriesLabels } from "./target.ts";

interface StoredSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly ring: SampleRing;
}

/** The series of one target, by the name of the metric, then by their labels. */
export class SeriesMemory {
  readonly #targetLabels: Readonly<Record<string, string>>;
  readonly #samplesPerSeries: number;
  readonly #metrics = new Map<string, Map<string, StoredSeries>>();
  #seriesCount = 0;

  constructor(targetLabels: Readonly<Record<string, string>>, samplesPerSeries: number) {
    this.#targetLabels = targetLabels;
    this.#samplesPerSeries = samplesPerSeries;
  }

  get seriesCount(): number {
    return this.#seriesCount;
  }

  /**
   * Takes in one scrape, all of it or nothing. A sample that is not later than
   * its series' last one (possible only with timestamps of the target's own)
   * says nothing new and is left out.
   *
   * @param timeOf When each sample was taken.
   * @param room How many new series there may be.
   * @throws CoalmineError source-unavailable if a series comes twice in the
   *   scrape, for then neither value can be trusted; too-large if there is no room.
   */
  addScrape(
    samples: readonly ExposedSample[],
    timeOf: (sample: ExposedSample) => number,
    room: number,
  ): void {
    const keyed = keyBySeries(samples);
    const newSeries = [...keyed].filter(
      ([key, { name }]) => this.#metrics.get(name)?.has(key) !== true,
    ).length;
    if (newSeries > room) {
      throw new CoalmineError("too-large", `${newSeries} new series where there is room for ${room}`);
    }
    for (const [key, sample] of keyed) {
      const { ring } = this.#seriesFor(key, sample);
      const time = timeOf(sample);
      if (time > (ring.lastTime ?? Number.NEGATIVE_INFINITY)) ring.push(time, sample.value);
    }
  }

  /** Forgets series without a sample after `time`. */
  forgetUntil(time: number): void {
    for (const [name, stored] of this.#metrics) {
      for (const [key, { ring }] of stored) {
        if ((ring.lastTime ?? Number.NEGATIVE_INFINITY) > time) continue;
        stored.delete(key);
        this.#seriesCount -= 1;
      }
      if (stored.size === 0) this.#metrics.delete(name);
    }
  }

  /** The series of a metric that pass the test and have samples after `from` up to and including `to`. */
  read(metric: string, test: LabelTest, from: number, to: number): Series[] {
    const found: Series[] = [];
    for (const { labels, ring } of this.#metrics.get(metric)?.values() ?? []) {
      if (!test(labels)) continue;
      const samples = ring.between(from, to);
      if (samples.times.length > 0) found.push({ labels, ...samples });
    }
    return found;
  }

  #seriesFor(key: string, sample: ExposedSample): StoredSeries {
    const stored = this.#metrics.get(sample.name) ?? new Map<string, StoredSeries>();
    this.#metrics.set(sample.name, stored);
    const known = stored.get(key);
    if (known !== undefined) return known;
    const series = {
      labels: seriesLabels(sample, this.#targetLabels),
      ring: new SampleRing(this.#samplesPerSeries),
    };
    stored.set(key, series);
    this.#seriesCount += 1;
    return series;
  }
}

function keyBySeries(samples: readonly ExposedSample[]): ReadonlyMap<string, ExposedSample> {
  const keyed = new Map<string, ExposedSample>();
  for (const sample of samples) {
    const key = seriesKey(sample);
    const first = keyed.get(key);
    if (first !== undefined) {
      throw new CoalmineError(
        "source-unavailable",
        `line ${sample.line}: the series of line ${first.line} again, ${sample.name}`,
      );
    }
    keyed.set(key, sample);
  }
  return keyed;
}

/** The same for the same name and labels, whatever their order in the answer. */
function seriesKey({ name, labels }: ExposedSample): string {
  return JSON.stringify([name, ...[...labels.keys()].sort().flatMap((label) => [label, labels.get(label)])]);
}
