/** Our yamux and hashicorp/yamux, which the hosts of plugins speak, on one connection, in both roles. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { finished } from "node:stream/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../../../src/app/system-clock.ts";
import { createSession, type Session } from "../../../../src/wire/yamux/session.ts";
import { runCommand } from "../../../servers/run-command.ts";
import { goldenNames, readGolden } from "../../../wire/yamux/read-golden.ts";

const moduleFolder = join(import.meta.dirname, "../../../tools/wire-golden/yamux");
const streams = 32;
const streamBytes = 1024 * 1024;

/** As long as the peer's: each end may be held up on a busy machine. */
const pingTimeoutMs = 60_000;

let folder: string;
const running = new Set<ChildProcess>();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "coalmine-yamux-"));
  const flags = ["-mod=readonly", "-buildvcs=false", "-o", `${folder}/`];
  await runCommand("go", ["build", ...flags, "./peer", "./record"], { cwd: moduleFolder });
}, 600_000);

afterEach(() => {
  for (const child of running) child.kill("SIGKILL");
  running.clear();
});

afterAll(() => rmSync(folder, { recursive: true }));

interface GoPeer {
  /** Our session with it, in the other role. */
  readonly session: Session;
  /** What it printed and its exit code, once it ends. */
  readonly ended: Promise<{ readonly code: number | null; readonly printed: string }>;
}

/** Starts the peer of test/tools/wire-golden/yamux on a connection with us. */
async function startPeer(task: "echo" | "drive" | "leave", role: "client" | "server"): Promise<GoPeer> {
  const listener = createServer().listen(0, "127.0.0.1");
  await once(listener, "listening");
  const { port } = listener.address() as AddressInfo;
  const child = spawn(join(folder, "peer"), [task, role, `127.0.0.1:${port}`]);
  running.add(child);
  const ended = watch(child);
  const [socket] = (await once(listener, "connection")) as [Socket];
  listener.close();
  const ours = role === "client" ? "server" : "client";
  return {
    session: createSession(socket, {
      role: ours,
      clock: systemClock,
      keepaliveIntervalMs: 20,
      pingTimeoutMs,
    }),
    ended,
  };
}

async function watch(child: ChildProcess): Promise<{ code: number | null; printed: string }> {
  let printed = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    printed += text;
  });
  const [code] = (await once(child, "close")) as [number | null];
  return { code, printed };
}

function patternOf(seed: number): Buffer {
  const pattern = Buffer.alloc(streamBytes);
  for (let place = 0; place < streamBytes; place += 1) pattern[place] = (place * 31 + (place >> 11)) ^ seed;
  return pattern;
}

describe.each(["client", "server"] as const)("hashicorp/yamux as %s", (role) => {
  it("gives back a megabyte on each of 32 streams of ours", async () => {
    // Made before there is a peer, whose pings would wait meanwhile.
    const patterns = Array.from({ length: streams }, (_, seed) => patternOf(seed));
    const { session, ended } = await startPeer("echo", role);
    const exchanges = patterns.map(async (sent) => {
      const stream = session.openStream().end(sent);
      return (await buffer(stream)).equals(sent);
    });
    expect(await Promise.all(exchanges)).toEqual(Array(streams).fill(true));
    expect(await session.ping()).toBeGreaterThanOrEqual(0);
    await session.close();
    expect(await session.closed).toBeUndefined();
    expect(await ended).toEqual({ code: 0, printed: "" });
  });

  it("gets back a megabyte on each of 32 streams of its own, and takes leave in order", async () => {
    const { session, ended } = await startPeer("drive", role);
    let served = 0;
    for await (const stream of session) {
      served += 1;
      stream.pipe(stream);
    }
    expect(served).toBe(streams);
    expect(await session.closed).toBeUndefined();
    expect(await ended).toEqual({ code: 0, printed: "" });
  });

  it("hears of a reset stream, a half-closed one and a go-away, and stays in use", async () => {
    const { session, ended } = await startPeer("echo", role);
    const dropped = session.openStream();
    dropped.write("dropped");
    await once(dropped, "data");
    dropped.destroy();
    const empty = session.openStream().end();
    await finished(empty.resume());
    session.goAway();
    const last = session.openStream().end("last");
    expect((await buffer(last)).toString()).toBe("last");
    await session.close();
    expect(await ended).toEqual({ code: 0, printed: "" });
  });

  it("is not in our way when it leaves in the middle", async () => {
    const { session, ended } = await startPeer("leave", role);
    const met: (Error | null)[] = [];
    const serving = (async () => {
      for await (const stream of session) stream.resume().once("close", () => met.push(stream.errored));
    })();
    // It ends well, or with an error if a ping of ours met a closed door.
    await Promise.allSettled([serving, session.closed]);
    await expect.poll(() => met).toHaveLength(streams);
    expect(met).not.toContain(null);
    expect(await ended).toEqual({ code: 0, printed: "" });
  });
});

it("hashicorp/yamux still says what was recorded", async () => {
  await runCommand(join(folder, "record"), [folder]);
  // The two ends run at the same time: only what each says has an order.
  const saidBy = (frames: ReturnType<typeof readGolden>) =>
    ["client", "server"].map((end) =>
      frames.flatMap(({ from, bytes }) => (from === end ? bytes.toString("hex") : [])),
    );
  for (const name of goldenNames)
    expect(saidBy(readGolden(name, folder)), name).toEqual(saidBy(readGolden(name)));
});
