/** The plugin's process under the controller's own client code: killed, frozen, told to end, left alone. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type ArgoVersion, argoVersions } from "../../servers/build-argo-host.ts";
import { freeze } from "../../servers/freeze.ts";
import { analysisRun, metric } from "./kubernetes-objects.ts";
import { ended, isRunning } from "./running.ts";
import { everyVersion, metricName, type PluginUnderTest, useArgoHost } from "./use-argo-host.ts";

const start = useArgoHost([process.execPath, join(import.meta.dirname, "mirror-program.ts")]);

const asked = { metric: metric(metricName, {}), analysisRun: analysisRun("run-1") };
const hanging = { ...asked, metric: metric(metricName, { hang: true }) };
const sockets = (folder: string) => readdirSync(folder).filter((name) => name !== "plugin-bin");

/**
 * Measures until the host can: it notices a plugin that has ended by itself or
 * by one call that fails, whichever is first.
 */
async function measureAgain({ measure }: PluginUnderTest): Promise<unknown> {
  const first = await measure("Run", asked).catch((error: unknown) => error);
  return Object(first).phase === "Running" ? first : await measure("Run", asked);
}

describe.each(everyVersion)("under the client of Argo Rollouts $version", ({ version }) => {
  it("a plugin that was killed between two calls is started again", async () => {
    const plugin = await start(version);
    await plugin.measure("Run", asked);
    const pid = await plugin.pidOf("metricprovider");
    process.kill(pid, "SIGKILL");
    await ended(pid);
    expect(await measureAgain(plugin)).toMatchObject({ phase: "Running", message: "run" });
    expect(await plugin.pidOf("metricprovider")).not.toBe(pid);
  });

  it("a plugin that is killed during a call gives one Error, and is started again", async () => {
    const plugin = await start(version);
    const measuring = plugin.measure("Run", hanging);
    await plugin.logged("hanging");
    const pid = await plugin.pidOf("metricprovider");
    process.kill(pid, "SIGKILL");
    expect(await measuring).toMatchObject({
      phase: "Error",
      message: expect.stringMatching(/^Run rpc call error: (unexpected EOF|connection is shut down)$/),
    });
    expect(await measureAgain(plugin)).toMatchObject({ phase: "Running" });
  });

  it("a plugin that is frozen for a moment answers all calls when it goes on", async () => {
    const { host, measure, pidOf } = await start(version);
    await measure("Run", asked);
    const pid = await pidOf("metricprovider");
    await freeze(pid);
    const measuring = Promise.all([1, 2, 3].map(() => measure("Run", asked)));
    // The host is not held by a plugin that does not answer.
    await host.tell("processes");
    process.kill(pid, "SIGCONT");
    const measured = { phase: "Running", message: "run" };
    expect(await measuring).toMatchObject([measured, measured, measured]);
    expect(await pidOf("metricprovider")).toBe(pid);
  });

  it("a plugin ends by itself when it is told to, and its socket is gone", async () => {
    const { host, measure, pidOf, logged } = await start(version);
    await measure("Run", asked);
    const pid = await pidOf("metricprovider");
    expect(sockets(host.folder)).toHaveLength(1);
    await host.tell("quit");
    expect(isRunning(pid)).toBe(false);
    // What go-plugin says of an exit code of 0 within 2 s; it would kill the plugin else.
    await logged("plugin process exited");
    expect(host.log()).toMatch(/\[INFO\] +plugin: plugin process exited/);
    expect(host.log()).not.toContain("plugin failed to exit gracefully");
    expect(host.log()).not.toContain("connection was lost");
    expect(sockets(host.folder)).toEqual([]);
  });

  it("a plugin ends in time though calls are under way", async () => {
    const { host, measure, logged } = await start(version);
    const measuring = measure("Run", hanging);
    await logged("hanging");
    await host.tell("quit");
    expect(await measuring).toMatchObject({ phase: "Error" });
    await logged("plugin process exited");
    expect(host.log()).toMatch(/\[INFO\] +plugin: plugin process exited/);
    expect(host.log()).not.toContain("plugin failed to exit gracefully");
  });

  it.each(["idle", "in a call"])("no plugin outlives a host that was killed (%s)", async (when) => {
    const { host, measure, step, pidOf, logged } = await start(version);
    await measure("Run", asked);
    await step("Type", {});
    if (when === "in a call") {
      measure("Run", hanging).catch(() => {});
      await logged("hanging");
    }
    const pids = [await pidOf("metricprovider"), await pidOf("step")];
    await host.kill();
    for (const pid of pids) await ended(pid);
    expect(sockets(host.folder)).toEqual([]);
  });

  it("what a plugin prints is logged, and calls go on", async () => {
    const { measure, logged } = await start(version);
    const printing = { ...asked, metric: metric(metricName, { print: true }) };
    expect(await measure("Run", printing)).toMatchObject({ phase: "Running" });
    await expect(logged("printed by the plugin")).resolves.toBeUndefined();
    expect(await measure("Run", asked)).toMatchObject({ phase: "Running" });
  });
});

/** The host pings an idle connection every 30 s and gives it up when 10 s bring no answer. */
describe("a plugin that is frozen for longer than the host waits", () => {
  it("is an Error once, and the next calls replace it or find it gone", async () => {
    const frozen = argoVersions.flatMap((version) => [
      replaceFrozen(version, "stays frozen"),
      replaceFrozen(version, "goes on"),
    ]);
    await Promise.all(frozen);
    expect(frozen).toHaveLength(4);
  });

  async function replaceFrozen(version: ArgoVersion, then: "stays frozen" | "goes on"): Promise<void> {
    const plugin = await start(version);
    const measuring = plugin.measure("Run", hanging);
    await plugin.logged("hanging");
    const pid = await plugin.pidOf("metricprovider");
    await freeze(pid);
    expect(await measuring).toMatchObject({
      phase: "Error",
      message: expect.stringMatching(/^Run rpc call error: /),
    });
    if (then === "goes on") process.kill(pid, "SIGCONT");
    else await expect(plugin.measure("Run", asked)).rejects.toThrow("could not ping plugin");
    await ended(pid);
    expect(await measureAgain(plugin)).toMatchObject({ phase: "Running", message: "run" });
  }
});
