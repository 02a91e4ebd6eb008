/**
 * `npm run servers`: builds or installs every server the `real` tests start, so
 * that no test pays for it and its progress is seen.
 */
import { buildPrometheus } from "./build-prometheus.ts";
import { installEnvoy } from "./install-envoy.ts";

const say = (line: string) => console.log(`servers: ${line}`);

const { prometheus } = await buildPrometheus(say);
say(`Prometheus is ${prometheus}`);
say(`Envoy is ${await installEnvoy(say)}`);
