/**
 * Runs so many analyses in one process, over the embedded database, against a
 * Prometheus and prints, as JSON, what they cost:
 * `node tools/bench/capacity-child.ts <url> <analyses> <seconds>`.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createAnalyses } from "../../src/analysis/analyses.ts";
import { noObserver } from "../../src/analysis/live/observer.ts";
import { parseSpec } from "../../src/analysis/spec/parse-spec.ts";
import { readSettings } from "../../src/app/settings/settings.ts";
import { openSources } from "../../src/app/sources/open-sources.ts";
import { openStore } from "../../src/app/store/open-store.ts";
import { systemClock } from "../../src/app/system-clock.ts";
import { prometheusSourceSettings } from "../../src/sources/prometheus/prometheus-settings.ts";
import { quietLogger } from "../../test/support/quiet-logger.ts";

const [url = "", count = "1000", seconds = "45"] = process.argv.slice(2);
const analysesWanted = Number(count);
const ingestionDelayMs = 2_000;
const intervalMs = 15_000;
/** Long enough for every analysis to have chosen its boundaries. */
const settleMs = 3 * intervalMs;

const lateness: number[] = [];
let isMeasuring = false;
const logger = quietLogger();
const folder = mkdtempSync(join(tmpdir(), "coalmine-capacity-"));
const store = await openStore({
  settings: readSettings({}, { DATABASE_FILE: join(folder, "coalmine.db") }),
  environment: {},
  clock: systemClock,
  logger,
});
const settings = prometheusSourceSettings.parse({ url });
const sources = openSources(
  { default: { kind: "prometheus", settings, ingestionDelayMs } },
  { clock: systemClock },
);
let ids = 0;
const analyses = createAnalyses({
  store: store.analyses,
  queue: store.queue,
  limits: { maxRunning: analysesWanted },
  observer: {
    ...noObserver,
    looked(_result, { lagMs, tookMs }) {
      if (isMeasuring) lateness.push(lagMs + tookMs);
    },
  },
  sources: sources.byName,
  clock: systemClock,
  newId: () => `a${ids++}`,
  logger,
});

await analyses.resume();

// Rollouts do not begin together: the starts are spread over one interval.
await Promise.all(
  Array.from({ length: analysesWanted }, async (_, i) => {
    await sleep((i * intervalMs) / analysesWanted);
    const cohorts = { canary: { version: "v2" }, baseline: { version: "v1" } };
    await analyses.start(parseSpec({ service: `s${i}`, telemetry: "http", cohorts, duration: "30m" }));
  }),
);
await sleep(settleMs);
isMeasuring = true;
const began = { cpu: process.cpuUsage(), at: performance.now() };
await sleep(Number(seconds) * 1_000);
const cpu = process.cpuUsage(began.cpu);
const elapsedMs = performance.now() - began.at;
isMeasuring = false;

lateness.sort((a, b) => a - b);
console.log(
  JSON.stringify({
    analyses: await analyses.running(),
    looks: lateness.length,
    cpuShare: (cpu.user + cpu.system) / 1_000 / elapsedMs,
    peakRssMb: process.resourceUsage().maxRSS / 1_024,
    rssMb: process.memoryUsage().rss / 2 ** 20,
    latenessMs: { median: lateness[lateness.length >> 1], p99: lateness[Math.floor(0.99 * lateness.length)] },
    errors: logger.errors.length,
  }),
);
await analyses.close();
await sources.close();
await store.close();
rmSync(folder, { recursive: true });
