// The counters of one scraped process.
import type { WrittenSeries } from "../../../test/servers/open-metrics.ts";
import { binomial } from "../random.ts";
import type { Labels } from "./cohort-labels.ts";
import { slowerShare } from "./latency-buckets.ts";
import type { Latency } from "./truth.ts";

/** A counter, or a bucket: what it shows and every scrape of it. */
interface Counter {
  readonly labels: Labels;
  readonly samples: [number, number][];
  value: number;
  /** A label set appears with its first event, and again after a restart. */
  isThere: boolean;
}

/** Counters and histograms by their labels, as a process exposes them and Prometheus keeps them. */
export class Counters {
  readonly #known = new Map<string, readonly Counter[]>();
  readonly #random: () => number;
  readonly #boundaries: readonly number[];
  readonly #unitMs: number;

  /** @param boundariesMs those of its histograms; `unitMs` is what `le` counts in. */
  constructor(random: () => number, boundariesMs: readonly number[], unitMs: number) {
    this.#random = random;
    this.#boundaries = boundariesMs;
    this.#unitMs = unitMs;
  }

  addRequests(name: string, labels: Labels, requests: number): void {
    if (requests === 0) return;
    for (const counter of this.#of(name, labels, () => [{ ...labels, __name__: name }]))
      counter.value += requests;
  }

  /** Draws each request's latency. */
  addLatencies(name: string, labels: Labels, requests: number, latency: Latency): void {
    if (requests === 0) return;
    const counters = this.#of(name, labels, () => [
      ...this.#boundaries.map((ms) => ({
        ...labels,
        __name__: `${name}_bucket`,
        le: String(ms / this.#unitMs),
      })),
      { ...labels, __name__: `${name}_bucket`, le: "+Inf" },
      { ...labels, __name__: `${name}_count` },
      { ...labels, __name__: `${name}_sum` },
    ]);
    let slower = requests;
    let share = 1;
    let sum = 0;
    for (const [i, boundary] of this.#boundaries.entries()) {
      const next = slowerShare(latency, boundary);
      const above = share <= 0 ? 0 : binomial(this.#random, slower, Math.min(1, next / share));
      sum += ((slower - above) * boundary) / this.#unitMs;
      add(counters[i], requests - above);
      slower = above;
      share = next;
    }
    const last = this.#boundaries.length;
    add(counters[last], requests);
    add(counters[last + 1], requests);
    add(counters[last + 2], sum + (2 * slower * (this.#boundaries.at(-1) ?? 0)) / this.#unitMs);
  }

  /** The process begins anew: it exposes nothing until something happens. */
  restart(): void {
    for (const counter of [...this.#known.values()].flat()) {
      counter.value = 0;
      counter.isThere = false;
    }
  }

  scrape(time: number): void {
    for (const counters of this.#known.values()) {
      for (const { isThere, samples, value } of counters) if (isThere) samples.push([time, value]);
    }
  }

  get series(): WrittenSeries[] {
    return [...this.#known.values()].flat().filter(({ samples }) => samples.length > 0);
  }

  #of(name: string, labels: Labels, all: () => readonly Labels[]): readonly Counter[] {
    const key = name + Object.values(labels).join();
    const known =
      this.#known.get(key) ?? all().map((own) => ({ labels: own, samples: [], value: 0, isThere: true }));
    this.#known.set(key, known);
    for (const counter of known) counter.isThere = true;
    return known;
  }
}

function add(counter: Counter | undefined, events: number): void {
  if (counter !== undefined) counter.value += events;
}
