/** The echo service as a plugin; its arguments are the network, how many milliseconds it waits for a host, the longest message, and the grace time. */
import { systemClock } from "../../../../src/app/system-clock.ts";
import { createHclogLogger, serveGrpcPlugin } from "../../../../src/wire/go-plugin/index.ts";
import { echoService } from "./echo-service.ts";

const [, , network, connectTimeoutMs = 60_000, maxMessageBytes = 16 * 2 ** 20, graceMs = 1_000] =
  process.argv;

const logger = createHclogLogger({
  module: "echo",
  write: (line) => process.stderr.write(line),
  now: () => systemClock.now(),
});

await serveGrpcPlugin({
  cookie: { key: "COALMINE_SAMPLE_PLUGIN", value: "sample" },
  versions: { 1: [], 2: [echoService((text) => logger.info({}, text))] },
  clock: systemClock,
  logger,
  network: network === "tcp" ? "tcp" : "unix",
  connectTimeoutMs: Number(connectTimeoutMs),
  maxMessageBytes: Number(maxMessageBytes),
  graceMs: Number(graceMs),
});
