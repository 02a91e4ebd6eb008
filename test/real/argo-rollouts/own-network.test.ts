/** What the tests of this folder are run by (here it is run once more, inside itself). */
import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";

const launcher = ["test/servers/own-network.ts"];

describe("own-network", () => {
  it("gives the command no network but lo, and answers its exit code", async () => {
    const child = launch("sh", "-c", "node -p 'Object.keys(os.networkInterfaces())'; exit 7");
    expect(await text(child.stdout)).toBe("[ 'lo' ]\n");
    expect(await codeOf(child)).toBe(7);
  });

  it("ends orphans with the command", async () => {
    const mark = randomUUID();
    const child = launch("sh", "-c", `touch $TMPDIR/${mark}; (sleep 600; : ${mark}) & exit 0`);
    expect(await codeOf(child)).toBe(0);
    await until(() => processesWith(mark) === 0);
  });

  it.each(["SIGTERM", "SIGKILL"] as const)("ends everything when it gets a %s", async (signal) => {
    const mark = randomUUID();
    const child = launch("sh", "-c", `(sleep 600; : ${mark}) & sleep 600; : ${mark}`);
    // The launcher, unshare, the shell that is process 1, the command, and what it started.
    await until(() => processesWith(mark) === 5);
    child.kill(signal);
    expect(await codeOf(child)).not.toBe(0);
    await until(() => processesWith(mark) === 0);
  });

  it("says what to install where there is no unshare, and does not run the command", async () => {
    const child = spawn(process.execPath, [...launcher, "echo", "ran"], { env: { PATH: "/nowhere" } });
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
    expect(stdout).toBe("");
    expect(stderr).toMatch(/a network of its own is wanted.*Debian packages util-linux/s);
    expect(await codeOf(child)).toBe(69);
  });
});

function launch(...command: readonly string[]) {
  return spawn(process.execPath, [...launcher, ...command], { stdio: ["ignore", "pipe", "inherit"] });
}

async function codeOf(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null)
    await new Promise((resolve) => child.once("exit", resolve));
  return child.exitCode;
}

/** How many processes have the mark in their command line; inner process tables are seen from here. */
function processesWith(mark: string): number {
  return readdirSync("/proc").filter((name) => {
    try {
      return /^\d+$/.test(name) && readFileSync(`/proc/${name}/cmdline`, "utf8").includes(mark);
    } catch {
      return false;
    }
  }).length;
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await sleep(20);
}
