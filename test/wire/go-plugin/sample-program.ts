/** The sample plugin as a program; its arguments are the network and how many milliseconds it waits for a host. */
import { systemClock } from "../../../src/app/system-clock.ts";
import { createHclogLogger, servePlugin } from "../../../src/wire/go-plugin/index.ts";
import { samplePlugin } from "./sample-plugin.ts";

await servePlugin({
  cookie: { key: "COALMINE_SAMPLE_PLUGIN", value: "sample" },
  versions: { 1: { Sample: samplePlugin } },
  clock: systemClock,
  logger: createHclogLogger({
    module: "sample",
    write: (line) => process.stderr.write(line),
    now: () => systemClock.now(),
  }),
  network: process.argv[2] === "tcp" ? "tcp" : "unix",
  connectTimeoutMs: Number(process.argv[3] ?? 60_000),
});
