/** Our plugin under a stock host of hashicorp/go-plugin, with the defaults that Argo Rollouts uses. */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { runCommand } from "../../servers/run-command.ts";

const moduleFolder = join(import.meta.dirname, "../../tools/wire-golden/go-plugin");
const program = join(import.meta.dirname, "../../wire/go-plugin/sample-program.ts");
const golden = join(import.meta.dirname, "../../wire/go-plugin/golden/session.json");

let folder: string;
const hosts = new Set<ChildProcessByStdio<Writable, Readable, null>>();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "coalmine-go-plugin-"));
  const flags = ["-mod=readonly", "-buildvcs=false", "-o", `${folder}/`];
  await runCommand("go", ["build", ...flags, "./host", "./record"], { cwd: moduleFolder, nice: 10 });
  // Where nothing of it has been compiled yet, on a small machine.
}, 600_000);

afterEach(() => {
  for (const host of hosts) host.kill("SIGKILL");
  hosts.clear();
});

afterAll(() => rmSync(folder, { recursive: true }));

interface Answer {
  readonly error?: string;
  readonly pid?: number;
  readonly text?: string;
  readonly same: boolean;
  readonly exited: boolean;
  readonly order?: readonly number[];
  readonly log?: string;
  readonly stderr?: string;
}

/** A host that does what it is told, and the folder its plugin's socket is in. */
async function startHost() {
  const sockets = mkdtempSync(join(folder, "sockets-"));
  const host = spawn(join(folder, "host"), [], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, PLUGIN_UNIX_SOCKET_DIR: sockets },
  });
  hosts.add(host);
  const answers = createInterface(host.stdout)[Symbol.asyncIterator]();
  async function tell(op: string, how: Readonly<Record<string, unknown>> = {}): Promise<Answer> {
    host.stdin.write(`${JSON.stringify({ op, ...how })}\n`);
    return JSON.parse((await answers.next()).value ?? "{}");
  }
  const start = () => tell("start", { command: [process.execPath, program] });
  return { host, sockets, tell, start };
}

async function startPlugin() {
  const host = await startHost();
  const { error, pid = 0 } = await host.start();
  expect(error).toBeUndefined();
  return { ...host, pid };
}

describe("a Go host", () => {
  it("starts the plugin, pings it and is dispensed it again", async () => {
    const { tell } = await startPlugin();
    expect(await tell("ping")).toEqual({ same: false, exited: false });
    expect(await tell("dispense", { text: "Sample" })).toEqual({ same: false, exited: false });
  });

  it("is told of a plugin that there is not", async () => {
    const { tell } = await startPlugin();
    expect(await tell("dispense", { text: "Missing" })).toMatchObject({
      error: "unknown plugin type: Missing",
    });
  });

  it("gets 64 calls at once answered as they are done, not as they came", async () => {
    const { tell } = await startPlugin();
    const { error, same, order } = await tell("concurrent", { calls: 64 });
    expect({ error, same }).toEqual({ error: undefined, same: true });
    expect(order).toEqual(Array.from({ length: 64 }, (_, call) => 63 - call));
  });

  it.each([0, 1, 262_144, 262_145, 1_048_576, 4_194_304])(
    "gets %i bytes back as it sent them",
    async (bytes) => {
      const { tell } = await startPlugin();
      expect(await tell("echo", { text: "ünicode", bytes })).toMatchObject({ text: "ünicode", same: true });
    },
  );

  it("hears errors in their words, and those of net/rpc", async () => {
    const { tell } = await startPlugin();
    expect((await tell("call", { method: "Plugin.Fail", text: "no such metric" })).error).toBe(
      "no such metric",
    );
    expect((await tell("call", { method: "Plugin.Fail", text: "first\nsecond" })).error).toBe("first second");
    expect((await tell("call", { method: "Plugin.Missing" })).error).toBe(
      "rpc: can't find method Plugin.Missing",
    );
    expect((await tell("call", { method: "Other.Run" })).error).toBe("rpc: can't find service Other.Run");
    expect((await tell("call", { method: "Run" })).error).toBe("rpc: service/method request ill-formed: Run");
    expect(await tell("echo", { text: "still here", bytes: 1 })).toMatchObject({ same: true });
  });

  it("finds what the plugin printed in its log, and the plugin well", async () => {
    const { tell } = await startPlugin();
    expect((await tell("call", { method: "Plugin.Print", text: "look here" })).error).toBeUndefined();
    expect((await tell("ping")).error).toBeUndefined();
    // By console.log and by process.stdout; the host reads them beside the calls.
    const printed = async () => (await tell("log")).stderr?.split("look here\n");
    await expect.poll(printed, { timeout: 60_000 }).toHaveLength(3);
  });

  it("ends the plugin by quit, without a kill, and its socket is gone", async () => {
    const { tell, sockets } = await startPlugin();
    expect(readdirSync(sockets)).toHaveLength(1);
    expect(await tell("quit")).toMatchObject({ exited: true });
    const { log = "", stderr } = await tell("log");
    expect(log).toContain("plugin process exited");
    expect(log).not.toContain("failed to exit gracefully");
    expect(log).not.toContain("error closing client");
    expect(stderr).toContain("the host said quit");
    expect(readdirSync(sockets)).toEqual([]);
  });

  it("reads the plugin's log with its levels and fields", async () => {
    const { tell } = await startPlugin();
    await tell("quit");
    const lines = ((await tell("log")).log ?? "").trim().split("\n");
    const told = lines.map((line) => JSON.parse(line)).find((line) => line["@message"].includes("said quit"));
    expect(told).toMatchObject({ "@level": "info", timestamp: expect.stringMatching(/^20\d\d-/) });
  });

  it("sees a plugin that is killed, and starts it again", async () => {
    const { tell, start, pid } = await startPlugin();
    expect(await tell("crash")).toMatchObject({ exited: true });
    expect((await tell("echo", { text: "a", bytes: 1 })).error).toMatch(/shut ?down|EOF|broken pipe/);
    const again = await start();
    expect(again.error).toBeUndefined();
    expect(again.pid).not.toBe(pid);
    expect(await tell("echo", { text: "a", bytes: 1 })).toMatchObject({ same: true });
  });

  it.each(["idle", "in a call"])("leaves no orphan when it is killed (%s)", async (when) => {
    const { host, pid, tell, sockets } = await startPlugin();
    if (when === "in a call") void tell("call", { method: "Plugin.Hang" }).catch(() => {});
    expect(isRunning(pid)).toBe(true);
    const exited = once(host, "exit");
    host.kill("SIGKILL");
    await exited;
    while (isRunning(pid)) await sleep(20);
    expect(readdirSync(sockets)).toEqual([]);
  });

  it("still sends what the recorded sessions hold", async () => {
    const now = JSON.parse(await runCommand(join(folder, "record"), []));
    const recorded = JSON.parse(readFileSync(golden, "utf8"));
    expect([now.connection.sent, now.rpc]).toEqual([recorded.connection.sent, recorded.rpc]);
  });
});

/** Not so of one that has ended and that nobody has waited for. */
function isRunning(pid: number): boolean {
  if (!existsSync("/proc/self/stat")) return isSignalled(pid);
  try {
    return !readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ");
  } catch {
    return false;
  }
}

function isSignalled(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
