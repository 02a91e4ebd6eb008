/** The plugin's process under a host that is hashicorp/go-plugin's own, over gRPC: told to end, killed, left alone, refused. */
import { expect, it } from "vitest";
import { ended, isRunning } from "../argo-host/running.ts";
import { until, usePluginHost } from "./use-plugin-host.ts";

const startHost = usePluginHost();

/** What go-plugin logs of an exit code of 0. */
const exitedWell = /\[INFO\] +plugin process exited/;
const both = [{ multiplex: false }, { multiplex: true }];

it.each(both)("ends by itself when the host ends it, and its socket is gone (%o)", async (fields) => {
  const host = await startHost();
  const { pid, tell, echo } = await host.start(fields);
  await echo({ text: "a" });
  expect(host.sockets()).toHaveLength(1);
  expect(await tell("kill")).toEqual({ exited: true });
  expect(isRunning(pid)).toBe(false);
  await until(() => host.log().includes("plugin process exited"));
  expect(host.log()).toMatch(exitedWell);
  expect(host.log()).not.toContain("plugin failed to exit gracefully");
  expect(host.sockets()).toEqual([]);
});

it.each(both)("ends in time though a call is under way (%o)", async (fields) => {
  const host = await startHost();
  const { tell, echo } = await host.start(fields);
  const hanging = echo({ hang: true, log: "hanging" });
  hanging.catch(() => {});
  await until(() => host.log().includes("hanging"));
  expect(await tell("kill")).toEqual({ exited: true });
  await expect(hanging).rejects.toThrow("rpc error");
  await until(() => host.log().includes("plugin process exited"));
  expect(host.log()).toMatch(exitedWell);
  expect(host.log()).not.toContain("plugin failed to exit gracefully");
});

it.each(both)("does not outlive a host that was killed (%o)", async (fields) => {
  const host = await startHost();
  const { pid, echo } = await host.start(fields);
  echo({ hang: true, log: "hanging" }).catch(() => {});
  await until(() => host.log().includes("hanging"));
  await host.kill();
  await ended(pid);
  expect(host.sockets()).toEqual([]);
});

it.each(both)("is seen to be gone when it was killed, and started again (%o)", async (fields) => {
  const host = await startHost();
  const { pid, tell, echo } = await host.start(fields);
  const hanging = echo({ hang: true, log: "hanging" });
  hanging.catch(() => {});
  await until(() => host.log().includes("hanging"));
  process.kill(pid, "SIGKILL");
  await expect(hanging).rejects.toThrow("code = Unavailable");
  await until(async () => (await tell("exited")).exited === true);
  await expect(tell("ping")).rejects.toThrow("code = Unavailable");
  const again = await host.start(fields);
  expect(again.pid).not.toBe(pid);
  expect(await again.echo({ text: "a" })).toMatchObject([{ text: "a", pid: again.pid }]);
});

it("is refused by a host that speaks net/rpc only, which names the protocol", async () => {
  const host = await startHost();
  await expect(host.start({ protocols: ["netrpc"] })).rejects.toThrow(
    'unsupported plugin protocol "grpc". Supported: [netrpc]',
  );
  // It is killed, for the host has no way to tell it.
  await until(() => host.log().includes("plugin process exited"));
});

it("is refused by a host that takes other versions, which names them", async () => {
  await expect((await startHost()).start({ versions: [7] })).rejects.toThrow(
    "incompatible API version with plugin. Plugin version: 1, Client versions: [7]",
  );
});

it("refuses a host that wants TLS, and says so in the host's log", async () => {
  const host = await startHost();
  await expect(host.start({ autoMtls: true })).rejects.toThrow("Failed to read any lines");
  await until(() => host.log().includes("a host without AutoMTLS wanted"));
});
