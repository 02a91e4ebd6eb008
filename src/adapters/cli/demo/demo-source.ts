/** Where the demo's numbers come from: a Prometheus if there is one to use, else the built-in scraper. */
import { setTimeout as sleep } from "node:timers/promises";
import { CoalmineError } from "../../../base/errors.ts";
import type { CliHost, OpenSources, ScrapeTarget } from "../cli-host.ts";
import { demoService } from "./demo-spec.ts";
import { findExecutable } from "./find-executable.ts";
import { startPrometheusChild } from "./prometheus-child.ts";

/** How often each service is scraped. */
const scrapeIntervalMs = 1_000;
/** A Prometheus of the demo is near and scrapes little. */
const ingestionDelayMs = 1_000;
/** How long a Prometheus that is there already may take to show the demo's series: many scrape intervals are 15 s or more, but it must know the demo's ports first. */
const seenWithinMs = 5_000;
/** How long our own Prometheus may take to its first scrape. */
const scrapedWithinMs = 15_000;

/** A source that shows the demo's series, and why it was chosen, for people. */
export interface DemoSource {
  readonly open: OpenSources;
  readonly description: string;
  close(): Promise<void>;
}

/**
 * PROMETHEUS_URL if it shows the targets' series within seconds, else a
 * Prometheus of our own if the program is on the PATH, else the scraper.
 *
 * @throws the signal's reason if it aborts; nothing is left running then.
 */
export async function chooseDemoSource(
  host: CliHost,
  targets: readonly ScrapeTarget[],
  signal: AbortSignal,
): Promise<DemoSource> {
  const reasons: string[] = [];
  for (const attempt of [useNamedPrometheus, useOwnPrometheus]) {
    const found = await attempt(host, targets, signal);
    if (typeof found !== "string") return found;
    reasons.push(found);
  }
  const open = host.open.scraper(targets, scrapeIntervalMs);
  const description = `the built-in scraper (${reasons.join("; ")})`;
  return { open, description, close: () => open.close() };
}

/** A string says why not. */
type Attempt = DemoSource | string;

async function useNamedPrometheus(
  host: CliHost,
  targets: readonly ScrapeTarget[],
  signal: AbortSignal,
): Promise<Attempt> {
  const url = host.environment.prometheusUrl;
  if (url === null) return "PROMETHEUS_URL is not set";
  const open = host.open.prometheus(url, ingestionDelayMs);
  try {
    if (await showsTargets(open, host, targets, seenWithinMs, signal)) {
      return { open, description: "Prometheus at PROMETHEUS_URL", close: () => open.close() };
    }
  } catch (error) {
    await open.close();
    signal.throwIfAborted();
    return `PROMETHEUS_URL cannot be used: ${CoalmineError.from(error).message}`;
  }
  await open.close();
  return "the Prometheus at PROMETHEUS_URL does not scrape the demo's services";
}

async function useOwnPrometheus(
  host: CliHost,
  targets: readonly ScrapeTarget[],
  signal: AbortSignal,
): Promise<Attempt> {
  const binary = await findExecutable("prometheus", host.environment.path);
  if (binary === null) return "no prometheus on the PATH";
  try {
    const child = await startPrometheusChild(binary, targets, signal);
    const open = host.open.prometheus(child.url, ingestionDelayMs);
    const close = async (): Promise<void> => {
      await open.close();
      await child.close();
    };
    try {
      if (await showsTargets(open, host, targets, scrapedWithinMs, signal)) {
        return { open, description: `a Prometheus of its own (${binary})`, close };
      }
    } catch (error) {
      await close();
      throw error;
    }
    await close();
    return `${binary} does not show the demo's services`;
  } catch (error) {
    signal.throwIfAborted();
    return CoalmineError.from(error).message;
  }
}

/** Whether as many versions as there are targets show up in time. */
async function showsTargets(
  { sources }: OpenSources,
  { clock }: CliHost,
  targets: readonly ScrapeTarget[],
  withinMs: number,
  signal: AbortSignal,
): Promise<boolean> {
  const matchers = [{ label: "service", op: "=", value: demoService }] as const;
  const selector = { metric: "http_requests_total", matchers };
  const limit = AbortSignal.any([signal, AbortSignal.timeout(withinMs)]);
  try {
    while (!limit.aborted) {
      const now = clock.now();
      const answer = await sources[0]?.read(selector, { from: now - 10_000, to: now }, limit);
      const seen = new Set(answer?.series.map(({ labels }) => labels["version"]));
      if (seen.size >= targets.length) return true;
      await sleep(250, undefined, { signal: limit });
    }
  } catch (error) {
    if (!limit.aborted) throw error;
  }
  signal.throwIfAborted();
  return false;
}
