import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, it, onTestFinished, vi } from "vitest";
import { useTemporaryFolder } from "../support/temporary-folder.ts";

const folder = useTemporaryFolder();
const server = fileURLToPath(new URL("../../src/bin/server.ts", import.meta.url));

function start(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, [server, ...args], {
    env: {
      PATH: process.env["PATH"],
      HOST: "127.0.0.1",
      PORT: "0",
      DATABASE_FILE: folder.path("coalmine.db"),
      ...environment,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let stderr = "";
  let stdout = "";
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    stderr += chunk;
  });
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    stdout += chunk;
  });
  const exit = once(child, "close").then(([code, signal]) => ({ code, signal }));
  return { child, exit, stderr: () => stderr, stdout: () => stdout };
}

/** The lines of the log that have come to their end. */
function logOf(text: string) {
  const lines = text.split("\n").slice(0, -1);
  return lines.map((line) => Object(JSON.parse(line)));
}

it.each(["SIGTERM", "SIGINT"] as const)("serves until %s, then drains and exits with 0", async (signal) => {
  const { child, exit, stderr, stdout } = start([]);
  const listening = () => logOf(stderr()).find(({ msg }) => msg === "listening");
  const { url } = await vi.waitUntil(listening, { timeout: 60_000 });
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
  child.kill(signal);
  expect(await exit).toEqual({ code: 0, signal: null });
  expect(logOf(stderr()).map(({ msg }) => msg)).toEqual([
    expect.stringContaining("no Kubernetes here"),
    "listening",
    "draining",
    "stopped",
  ]);
  expect(stdout()).toBe("");
});

it.each([
  ["a settings file that is not there", ["--config", "/nowhere/coalmine.yaml"], {}, "/nowhere/coalmine.yaml"],
  ["settings that cannot be used", [], { PORT: "http" }, "listen.port"],
  ["an unknown option", ["--cofnig", "x"], {}, "--cofnig"],
])("exits with 64 for %s, and says what is wrong", async (_, args, environment, told) => {
  const { exit, stderr } = start(args, environment);
  expect(await exit).toEqual({ code: 64, signal: null });
  expect(stderr()).toContain(told);
  expect(stderr()).not.toContain("    at ");
});
