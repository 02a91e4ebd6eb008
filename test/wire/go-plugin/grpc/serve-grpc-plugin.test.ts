import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { status } from "@grpc/grpc-js";
import { expect, it, onTestFinished } from "vitest";
import type { ConnInfo, StdioData } from "../../../../src/wire/go-plugin/grpc/definitions.ts";
import { startPlugin } from "../../../support/start-plugin.ts";
import { connectGrpc, throughOneConnection } from "./grpc-client.ts";

const program = join(import.meta.dirname, "echo-program.ts");
const offered = { PLUGIN_PROTOCOL_VERSIONS: "1,2" };
/** A plugin whose grace time is longer than a test: it ends when its host has closed the connection, and only then. */
const patient = ["unix", "60000", "16777216", "600000"] as const;
/** One that does not wait for that, nor for what is under way. */
const hasty = ["unix", "60000", "16777216", "500"] as const;

function start(env: Readonly<Record<string, string>> = {}, ...args: readonly string[]) {
  return startPlugin([program, ...(args.length === 0 ? patient : args)], { ...offered, ...env });
}

async function startAndConnect(...args: readonly string[]) {
  const plugin = start({}, ...args);
  const [, , network, address = ""] = (await plugin.line).split("|");
  const target = network === "unix" ? `unix:${address}` : address;
  return { ...plugin, address, target, host: connectGrpc(target) };
}

/** What a stream says of standard output until it is as many bytes. */
async function textOf(stream: AsyncIterable<StdioData>, bytes: number): Promise<string> {
  let text = "";
  for await (const { channel, data } of stream) {
    if (channel === "STDOUT") text += Buffer.from(data).toString();
    if (text.length >= bytes) break;
  }
  return text;
}

it("says one line on standard output, and serves who connects there", async () => {
  const { line, folder, address, host, child, ended } = await startAndConnect();
  expect(await line).toMatch(/^1[|]2[|]unix[|].+[|]grpc[|]$/);
  expect(address).toBe(join(folder, readdirSync(folder)[0] ?? ""));
  expect(await host.echo({ text: "a" })).toMatchObject({ text: "a", pid: child.pid });
  await host.shutdown();
  host.close();
  expect((await ended).stdout).toBe(`${await line}\n`);
});

it("serves on TCP if it is made so", async () => {
  const { line, host } = await startAndConnect("tcp");
  expect(await line).toMatch(/^1[|]2[|]tcp[|]127[.]0[.]0[.]1:\d+[|]grpc[|]$/);
  expect(await host.echo({ text: "a" })).toMatchObject({ text: "a" });
});

it("serves the version that the host takes", async () => {
  const { line } = start({ PLUGIN_PROTOCOL_VERSIONS: "1" });
  const [, version, , address] = (await line).split("|");
  expect(version).toBe("1");
  await expect(connectGrpc(`unix:${address}`).echo({})).rejects.toMatchObject({ code: status.UNIMPLEMENTED });
});

it("is healthy as what hosts ping, and nothing else", async () => {
  const { host } = await startAndConnect();
  expect(await host.check("plugin")).toEqual({ status: "SERVING" });
  expect(await host.check("")).toEqual({ status: "SERVING" });
  await expect(host.check("sample.Echo")).rejects.toMatchObject({ code: status.NOT_FOUND });
});

it("tells who watches its health, until it ends", async () => {
  const { host, ended } = await startAndConnect();
  const watching = host.watch("plugin");
  expect(await once(watching, "data")).toEqual([{ status: "SERVING" }]);
  const over = once(watching, "end");
  await host.shutdown();
  await expect(over).resolves.toEqual([]);
  host.close();
  expect((await ended).code).toBe(0);
});

it("streams to the host what is printed, and nothing of the log, which is on standard error", async () => {
  const { host, ended } = await startAndConnect();
  const printed = host.stdio();
  await host.echo({ stdout: "to stdout\n", stderr: "to stderr\n", log: "to the log" });
  await host.shutdown();
  const chunks = (await printed.toArray()) as StdioData[];
  host.close();
  const { stdout, stderr } = await ended;
  expect(chunks.map(({ channel, data }) => [channel, Buffer.from(data).toString()])).toEqual([
    ["STDOUT", "to stdout\n"],
    ["STDERR", "to stderr\n"],
  ]);
  expect(stdout.match(/\n/g)).toHaveLength(1);
  // What a host does not ask for is in its log at least.
  expect(stderr).toContain("to stderr\n");
  expect(stderr).toMatch(/^\{"@level":"info","@message":"to the log","@module":"echo"/m);
});

it("keeps what was printed before the host asked, and streams more than a window of it", async () => {
  const { host } = await startAndConnect();
  const text = "0123456789abcdef".repeat(32 * 1_024);
  await host.echo({ stdout: text });
  expect((await textOf(host.stdio(), text.length)) === text).toBe(true);
});

it("tells who knocks that nobody is there, and lets offered addresses lie", async () => {
  const { host } = await startAndConnect();
  const broker = host.broker();
  onTestFinished(() => broker.cancel());
  broker.write({ serviceId: 6, network: "unix", address: "/tmp/nobody" });
  broker.write({ serviceId: 7, knock: { knock: true, ack: false, error: "" } });
  const [answer] = (await once(broker, "data")) as [ConnInfo];
  expect(answer).toMatchObject({ serviceId: 7, knock: { knock: true, ack: true } });
  expect(answer.knock?.error).toContain("no listener for id 7");
  expect(await host.echo({ text: "a" })).toMatchObject({ text: "a" });
});

it("holds all connections of a host in one, if the host asks for that", async () => {
  const { line, ended } = start({ PLUGIN_MULTIPLEX_GRPC: "true" });
  const [, , , address = "", protocol, certificate, multiplexes] = (await line).split("|");
  expect([protocol, certificate, multiplexes]).toEqual(["grpc", "", "true"]);
  const host = connectGrpc(await throughOneConnection(address));
  const payload = Buffer.alloc(1_000_000, "x");
  const answer = await host.echo({ payload });
  expect(Buffer.compare(Buffer.from(answer.payload), payload)).toBe(0);
  expect(await host.check("plugin")).toEqual({ status: "SERVING" });
  await host.shutdown();
  host.close();
  expect((await ended).code).toBe(0);
});

it("takes messages up to its limit, both ways, and refuses longer ones by a status", async () => {
  const { host } = await startAndConnect("unix", "60000", "100000");
  const tooLong = { code: status.RESOURCE_EXHAUSTED };
  expect((await host.echo({ payload: Buffer.alloc(90_000) })).payload).toHaveLength(90_000);
  await expect(host.echo({ log: "x".repeat(100_000) })).rejects.toMatchObject(tooLong);
  // As long as a request may be; the answer has a field more.
  await expect(host.echo({ payload: Buffer.alloc(99_996) })).rejects.toMatchObject(tooLong);
  expect(await host.echo({ text: "a" })).toMatchObject({ text: "a" });
});

it("outlives a connection that says nonsense", async () => {
  const { address, host } = await startAndConnect();
  const socket = connect(address);
  onTestFinished(() => void socket.destroy());
  socket.on("error", () => {}).resume();
  socket.write("GET / HTTP/1.1\r\n\r\n");
  await once(socket, "close");
  expect(await host.echo({ text: "a" })).toMatchObject({ text: "a" });
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

it("ends well when the host says so and closes the connection, and removes its socket", async () => {
  const { host, folder, ended } = await startAndConnect();
  const broker = host.broker();
  const closed = once(broker.resume(), "end");
  expect(await host.shutdown()).toEqual({});
  await closed;
  host.close();
  const { code, stderr } = await ended;
  expect(code).toBe(0);
  expect(stderr).toContain("the host said quit");
  expect(readdirSync(folder)).toEqual([]);
});

it("ends after it was told to though the host does not close, and a call never ends", async () => {
  const { host, ended } = await startAndConnect(...hasty);
  const call = host.echo({ hang: true });
  await host.shutdown();
  await expect(call).rejects.toMatchObject({ code: status.UNAVAILABLE });
  expect((await ended).code).toBe(0);
});

it("lets a host that has closed its connection come back, and ends when none does", async () => {
  // As long as this test takes at least, and the host may take to come.
  const { host, target, ended, folder } = await startAndConnect("unix", "3000");
  const before = await host.echo({});
  host.close();
  const again = connectGrpc(target);
  expect(await again.echo({})).toMatchObject({ pid: before.pid });
  again.close();
  const { code, stderr } = await ended;
  expect(code).toBe(0);
  expect(stderr).toContain("the host closed its connection");
  expect(readdirSync(folder)).toEqual([]);
});

it("ends when its host is killed, though somebody else is connected", async () => {
  const source = `
    const { spawn } = require("node:child_process");
    spawn(process.execPath, ${JSON.stringify([program, ...hasty])}, { stdio: "inherit" });
    setInterval(() => {}, 1000);`;
  const { child, line, ended } = startPlugin(["-e", source], offered);
  const path = (await line).split("|")[3] ?? "";
  const host = connectGrpc(`unix:${path}`);
  await host.echo({});
  child.kill("SIGKILL");
  expect((await ended).stderr).toContain("the host's process ended");
  expect(existsSync(path)).toBe(false);
});

it("ends when no host connects for so long as it is to wait", async () => {
  const { code, stderr } = await start({}, "unix", "10").ended;
  expect(code).toBe(0);
  expect(stderr).toContain("no host connected");
});

it("ends on SIGTERM, as soon as the call under way has its answer and the host what was printed", async () => {
  // The host stays connected.
  const { child, host, ended } = await startAndConnect();
  const printed = host.stdio();
  const call = host.echo({ untilSigterm: true, text: "a", stdout: "x" });
  expect(await once(printed, "data")).toMatchObject([{ channel: "STDOUT" }]);
  child.kill("SIGTERM");
  expect(await call).toMatchObject({ text: "a" });
  const { code, stderr } = await ended;
  expect(code).toBe(0);
  expect(stderr).toContain("SIGTERM");
});

it("does not end on SIGINT, which is the host's to decide on", async () => {
  const { child, host } = await startAndConnect();
  child.kill("SIGINT");
  expect(await host.echo({ text: "a" })).toMatchObject({ text: "a" });
});

it("loads no package before it is served, for a plugin over net/rpc needs none", () => {
  const index = join(import.meta.dirname, "../../../../src/wire/go-plugin/index.ts");
  const source = `
    await import(${JSON.stringify(index)});
    const loaded = Object.keys(require.cache).filter((file) => file.includes("node_modules"));
    process.stdout.write(JSON.stringify(loaded));`;
  expect(
    execFileSync(process.execPath, ["--input-type=commonjs", "--eval", `(async () => {${source}})()`], {
      encoding: "utf8",
    }),
  ).toBe("[]");
});
