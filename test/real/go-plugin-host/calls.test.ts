/** Calls of a host that is hashicorp/go-plugin's own, over gRPC. */
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { metricMethods, stepMethods } from "../../../src/adapters/argo-rollouts/services/contract.ts";
import { analysisRun, metric, rollout } from "../argo-host/kubernetes-objects.ts";
import { until, usePluginHost } from "./use-plugin-host.ts";

const startHost = usePluginHost();

describe.each([
  ["with a connection for each purpose", { multiplex: false }],
  ["with one connection for all", { multiplex: true }],
])("a host %s", (_how, fields) => {
  it("starts, dispenses and pings a plugin, in the newest version that both know", async () => {
    const host = await startHost();
    const { tell, echo, ...about } = await host.start({ ...fields, versions: [0, 1, 2, 3] });
    expect(about).toMatchObject({ version: 2, protocol: "grpc" });
    await expect(tell("ping")).resolves.toEqual({});
    expect(await echo({ text: "hello" })).toMatchObject([{ text: "hello", pid: about.pid }]);
  });

  it("gets 64 calls answered at once, each its own", async () => {
    const { echo } = await (await startHost()).start(fields);
    const texts = Array.from({ length: 64 }, (_, index) => `call ${index}`);
    const answers = await echo(...texts.map((text) => ({ text, payload: Buffer.alloc(10_000, text) })));
    expect(answers.map(({ text }) => text)).toEqual(texts);
    expect(answers.every(({ text, payload }) => Buffer.alloc(10_000, text).equals(payload))).toBe(true);
  });

  it("hands over a megabyte and takes one", async () => {
    const { echo } = await (await startHost()).start(fields);
    const payload = Buffer.alloc(1_048_576, "0123456789abcdef");
    const [answer] = await echo({ payload });
    expect(payload.equals(answer?.payload ?? Buffer.alloc(0))).toBe(true);
  });

  it("reads what the plugin prints, and its log at its level", async () => {
    const host = await startHost();
    const { tell, echo } = await host.start(fields);
    await echo({ stdout: "to stdout\n", stderr: "to stderr\n", log: "to the log" });
    const isWhole = (text = "") => text.endsWith("\n");
    await until(async () => {
      const { stdout, stderr } = await tell("output");
      return isWhole(stdout) && isWhole(stderr);
    });
    expect(await tell("output")).toEqual({ stdout: "to stdout\n", stderr: "to stderr\n" });
    await until(() => host.log().includes("to the log"));
    expect(host.log()).toMatch(/\[INFO\] .*to the log/);
  });
});

it("tells a host that knocks that nobody is there", async () => {
  const { tell, echo } = await (await startHost()).start({ multiplex: true });
  await expect(tell("knock", { stream: 7 })).rejects.toThrow(
    "failed to knock for id 7: no listener for id 7",
  );
  expect(await echo({ text: "a" })).toMatchObject([{ text: "a" }]);
});

it("serves the services of Argo's plugins", async () => {
  const program = [process.execPath, join(import.meta.dirname, "mirror-program.ts")];
  const { call, version } = await (await startHost()).start({ program });
  expect(version).toBe(1);
  const json = (value: unknown) => Buffer.from(JSON.stringify(value));

  const measured = metricMethods.Run.encodeRequest({
    analysisRunJson: json(analysisRun("run-1")),
    metricJson: json(metric("coalmine/canary", { telemetry: "istio" })),
  });
  const [measurement] = await call(metricMethods.Run.path, [measured]);
  const { measurementJson } = metricMethods.Run.decodeResponse(measurement ?? Buffer.alloc(0));
  expect(JSON.parse(Buffer.from(measurementJson).toString())).toMatchObject({
    phase: "Running",
    message: "run",
  });

  const stepped = stepMethods.Run.encodeRequest({
    rolloutJson: json(rollout("ro-1")),
    configJson: json({ telemetry: "istio" }),
    statusJson: new Uint8Array(),
  });
  const [step] = await call(stepMethods.Run.path, [stepped]);
  expect(stepMethods.Run.decodeResponse(step ?? Buffer.alloc(0)).result).toMatchObject({ message: "run" });

  const unreadable = metricMethods.Run.encodeRequest({ analysisRunJson: json([]), metricJson: json({}) });
  await expect(call(metricMethods.Run.path, [unreadable])).rejects.toThrow("InvalidArgument");
});

it("is served by the plugin as it ships, with --grpc", async () => {
  const binary = join(import.meta.dirname, "../../../src/bin/argo-plugin.ts");
  const { call, tell } = await (await startHost()).start({
    program: [process.execPath, binary, "--grpc"],
    cookie: ["ARGO_ROLLOUTS_RPC_PLUGIN", "metricprovider"],
  });
  await expect(tell("ping")).resolves.toEqual({});
  const [metricType] = await call(metricMethods.Type.path, [metricMethods.Type.encodeRequest({})]);
  expect(metricMethods.Type.decodeResponse(metricType ?? Buffer.alloc(0))).toEqual({ type: "coalmine" });
  const [stepType] = await call(stepMethods.Type.path, [stepMethods.Type.encodeRequest({})]);
  expect(stepMethods.Type.decodeResponse(stepType ?? Buffer.alloc(0))).toEqual({ type: "coalmine" });
});
