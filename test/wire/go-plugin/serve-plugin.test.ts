import { existsSync, readdirSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { goBool, goString } from "../../../src/wire/gob/go-type.ts";
import { connectHost } from "../../support/plugin-host.ts";
import { startPlugin } from "../../support/start-plugin.ts";
import { echoArgs } from "./sample-plugin.ts";

const program = join(import.meta.dirname, "sample-program.ts");

const start = (env: Readonly<Record<string, string>> = {}, command: readonly string[] = [program]) =>
  startPlugin(command, env);

async function startAndConnect(env: Readonly<Record<string, string>> = {}, argument = "unix") {
  const plugin = start(env, [program, argument]);
  const [, , network, address = ""] = (await plugin.line).split("|");
  const socket = network === "unix" ? connect(address) : connect(Number(address.split(":")[1]), "127.0.0.1");
  onTestFinished(() => void socket.destroy());
  const host = connectHost(socket);
  return { ...plugin, socket, host, client: await host.dispense("Sample") };
}

it("says one line on standard output, and serves who connects there", async () => {
  const { line, folder, client } = await startAndConnect();
  expect(await line).toMatch(/^1[|]1[|]unix[|].+[|]netrpc[|]$/);
  expect((await line).split("|")[3]).toBe(join(folder, readdirSync(folder)[0] ?? ""));
  expect(await client.call("Plugin.Echo", echoArgs, { Text: "a" })).toEqual({ Text: "a" });
});

it("serves on TCP if it is made so", async () => {
  const { line, client } = await startAndConnect(
    { PLUGIN_MIN_PORT: "10000", PLUGIN_MAX_PORT: "25000" },
    "tcp",
  );
  expect(await line).toMatch(/^1[|]1[|]tcp[|]127[.]0[.]0[.]1:[12]\d{4}[|]netrpc[|]$/);
  expect(await client.call("Plugin.Echo", echoArgs, { Text: "a" })).toEqual({ Text: "a" });
});

it("sends what is printed later to standard error", async () => {
  const { client, host, ended } = await startAndConnect();
  await client.call("Plugin.Print", goString, "look here");
  await host.session.close();
  const { stdout, stderr } = await ended;
  expect(stdout.match(/\n/g)).toHaveLength(1);
  expect(stdout).not.toContain("look here");
  expect(stderr.split("look here\n")).toHaveLength(3);
});

it.each(["", "step"])("tells a person that it is a plugin, without a host's cookie (%j)", async (cookie) => {
  const { code, stdout, stderr } = await start({ COALMINE_SAMPLE_PLUGIN: cookie }).ended;
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toContain("It is not meant to be started by hand");
});

it("refuses a host that wants TLS", async () => {
  const { code, stdout, stderr } = await start({ PLUGIN_CLIENT_CERT: "-----BEGIN" }).ended;
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toContain("AutoMTLS");
});

it("says what is wrong if it cannot listen", async () => {
  const { code, stdout, stderr } = await start({ PLUGIN_UNIX_SOCKET_DIR: "/nowhere/at/all" }).ended;
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toContain("cannot listen for the host");
});

it("ends well when the host says quit and closes the connection, and removes its socket", async () => {
  const { host, folder, ended } = await startAndConnect();
  await host.control.call("Control.Quit", goBool, true);
  await host.session.close();
  const { code, stderr } = await ended;
  expect(code).toBe(0);
  expect(stderr).toContain("the host said quit");
  expect(readdirSync(folder)).toEqual([]);
});

it("ends after quit though the host does not close, and a call never ends", async () => {
  const { host, client, ended } = await startAndConnect();
  const call = client.call("Plugin.Hang", goBool, true);
  await host.control.call("Control.Quit", goBool, true);
  await expect(call).rejects.toThrow("unexpected EOF");
  expect((await ended).code).toBe(0);
});

it("ends when the host's connection closes, as it does when the host is killed", async () => {
  const { socket, client, ended, folder } = await startAndConnect();
  client.call("Plugin.Hang", goBool, true).catch(() => {});
  socket.destroy();
  const { code, stderr } = await ended;
  expect(code).toBe(0);
  expect(stderr).toContain("the host closed its connection");
  expect(readdirSync(folder)).toEqual([]);
});

it("ends when its host is killed before it connected", async () => {
  const host = `
    const { spawn } = require("node:child_process");
    spawn(process.execPath, [${JSON.stringify(program)}], { stdio: "inherit" });
    setInterval(() => {}, 1000);`;
  const { child, line, ended } = start({}, ["-e", host]);
  const path = (await line).split("|")[3] ?? "";
  expect(existsSync(path)).toBe(true);
  child.kill("SIGKILL");
  expect((await ended).stderr).toContain("the host's process ended");
  expect(existsSync(path)).toBe(false);
});

it("ends when no host connects for so long as it is to wait", async () => {
  const { code, stderr } = await start({}, [program, "unix", "10"]).ended;
  expect(code).toBe(0);
  expect(stderr).toContain("no host connected");
});

it("removes its socket when it crashes, and tells why", async () => {
  const { client, folder, ended } = await startAndConnect();
  await client.call("Plugin.Crash", goBool, true).catch(() => {});
  const { code, stderr } = await ended;
  expect(code).toBe(1);
  expect(stderr).toContain("a fault outside of any call");
  expect(readdirSync(folder)).toEqual([]);
});

it("ends on SIGTERM and tells the host, but not on SIGINT, which is the host's to decide on", async () => {
  const { child, host, ended } = await startAndConnect();
  child.kill("SIGINT");
  expect(await host.control.call("Control.Ping", goBool, true)).toEqual({});
  child.kill("SIGTERM");
  await expect(host.session.closed).resolves.toBeUndefined();
  expect((await ended).code).toBe(0);
});

it("logs to the host in lines of hclog's JSON", async () => {
  const { socket, ended } = await startAndConnect();
  socket.destroy();
  const [last] = (await ended).stderr.trim().split("\n").slice(-1);
  expect(JSON.parse(last ?? "")).toMatchObject({ "@level": "info", "@module": "sample" });
});
