/** The plugin's program with `--grpc`: both services for a go-plugin host that allows gRPC. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import {
  connectToServer,
  type PluginServer,
} from "../../../src/adapters/argo-rollouts/remote/plugin-server.ts";
import { createRemoteMetricProvider } from "../../../src/adapters/argo-rollouts/remote/remote-metric-provider.ts";
import { createRemoteStepProvider } from "../../../src/adapters/argo-rollouts/remote/remote-step-provider.ts";
import { metricMethods } from "../../../src/adapters/argo-rollouts/services/contract.ts";
import { systemClock } from "../../../src/app/system-clock.ts";
import { requestOf, rollout } from "../../adapters/argo-rollouts/provider-stage.ts";
import { quietLogger } from "../../support/quiet-logger.ts";

const program = join(import.meta.dirname, "../../../src/bin/argo-plugin.ts");
const folder = mkdtempSync(join(tmpdir(), "cm-"));
let stop: () => Promise<void>;
let server: PluginServer;

beforeAll(async () => {
  const args = [program, "--grpc", "--source", "default=http://127.0.0.1:1"];
  const child = spawn(process.execPath, args, {
    env: {
      PATH: process.env["PATH"],
      NODE_NO_WARNINGS: "1",
      TMPDIR: folder,
      ARGO_ROLLOUTS_RPC_PLUGIN: "metricprovider",
      PLUGIN_PROTOCOL_VERSIONS: "1",
    },
    stdio: ["ignore", "pipe", "ignore"],
  });
  const exited = once(child, "exit");
  stop = async () => {
    child.kill("SIGKILL");
    await exited;
  };
  const [line] = await Promise.race([once(child.stdout, "data"), exited]);
  const [, path] = /^1\|1\|unix\|([^|]+)\|grpc/.exec(String(line)) ?? [];
  const address = `unix:${path}`;
  const credentials = async () => ({ token: null, tls: null });
  server = connectToServer({ url: address, address, credentials, logger: quietLogger() });
});

afterAll(async () => {
  server?.close();
  await stop?.();
  rmSync(folder, { recursive: true });
});

it("measures", async () => {
  expect(await server.ask(metricMethods.Type, {})).toEqual({ type: "coalmine" });
  const metric = createRemoteMetricProvider({ server, clock: systemClock });
  const selector = (hash: string) => ({ selector: `pod=~"checkout-${hash}-.*"` });
  const request = requestOf({ cohorts: { canary: selector("6bd9"), baseline: selector("5c8f") } });
  const measurement = await metric.run(request);
  expect(measurement).toMatchObject({ phase: "Running", metadata: { reason: expect.any(String) } });
  expect(await metric.terminate(request, measurement)).toMatchObject({ phase: "Inconclusive" });
});

it("steps", async () => {
  const step = createRemoteStepProvider(server);
  const request = { rollout, config: '{"telemetry":"http","duration":"never"}', status: "" };
  expect(await step.run(request)).toMatchObject({
    phase: "Failed",
    message: expect.stringContaining("duration"),
  });
});

it("tells what is no request by its status", async () => {
  const empty = { analysisRunJson: new Uint8Array(), metricJson: new Uint8Array() };
  await expect(server.ask(metricMethods.Run, empty)).rejects.toThrow(
    "does not answer: INVALID_ARGUMENT: argo-rollouts: Metric: JSON wanted, none met",
  );
});
