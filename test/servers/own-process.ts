/** A server that a test starts, and nobody else ends: addressed by its process id, ended with the test at the latest. */
import { type ChildProcess, spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { freeze } from "./freeze.ts";

/** A running server program. */
export interface OwnProcess {
  readonly pid: number;
  /**
   * Asks it to end (SIGTERM unless another signal is given), insists after 10 s (SIGKILL), and waits until it has and
   * what it printed was heard. Twice is as good as once.
   */
  stop(signal?: NodeJS.Signals): Promise<void>;
  /** Ends it as a crash would (SIGKILL), and waits as `stop` does. */
  kill(): Promise<void>;
  /** Freezes it (SIGSTOP), and waits until nothing of it runs: its sockets stay open and nobody answers. */
  pause(): Promise<void>;
  /** Lets it go on after `pause`. */
  resume(): void;
}

/** How a program is started. */
export interface OwnProcessOptions {
  readonly cwd?: string;
  /** Its whole environment; this process's own if left out. */
  readonly env?: Readonly<Record<string, string>>;
  /** Hears what it prints, on either stream, as it comes. */
  readonly onOutput?: (text: string) => void;
}

/**
 * Starts a program and waits until it is ready.
 *
 * @param ready a URL that answers 200 then, or a question to ask again until it is true.
 * @throws Error with the last 2,000 characters it printed if it ends before, or
 *   is not ready within 60 s.
 */
export async function startOwnProcess(
  command: string,
  args: readonly string[],
  ready: string | (() => Promise<boolean>),
  { cwd, env, onOutput }: OwnProcessOptions = {},
): Promise<OwnProcess> {
  const isReady = typeof ready === "string" ? () => answers(ready) : ready;
  const child = spawn(command, [...args], {
    ...(cwd === undefined ? {} : { cwd }),
    env: env ?? process.env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      printed = (printed + text).slice(-2_000);
      onOutput?.(text);
    });
  }
  child.on("error", (error) => {
    printed += error.message;
  });
  started.add(child);
  const closed = new Promise<void>((resolve) => {
    child.once("close", () => {
      started.delete(child);
      resolve();
    });
  });
  const end = (signal: NodeJS.Signals) => endOf(child, signal, closed);

  const deadline = performance.now() + 60_000;
  while (!(await isReady())) {
    if (child.pid === undefined || hasEnded(child))
      throw new Error(`${command} ended before it was ready:\n${printed}`);
    if (performance.now() > deadline) {
      await end("SIGKILL");
      throw new Error(`${command} was not ready${at(ready)} within 60 s:\n${printed}`);
    }
    await sleep(50);
  }
  const { pid } = child;
  if (pid === undefined) throw new Error(`${command} could not be started, yet it answers${at(ready)}`);
  return {
    pid,
    stop: (signal = "SIGTERM") => end(signal),
    kill: () => end("SIGKILL"),
    pause: () => freeze(pid),
    resume: () => void child.kill("SIGCONT"),
  };
}

/** None outlives the process that started it, whatever a test forgot. */
const started = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of started) child.kill("SIGKILL");
});

function at(ready: string | (() => Promise<boolean>)): string {
  return typeof ready === "string" ? ` at ${ready}` : "";
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    await response.arrayBuffer();
    return response.status === 200;
  } catch {
    return false;
  }
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

/** How long what a program printed may take to be heard once it has ended, where one that it started holds its output open. */
const lastWordsMs = 2_000;

async function endOf(child: ChildProcess, signal: NodeJS.Signals, closed: Promise<void>): Promise<void> {
  if (!hasEnded(child)) {
    const ended = new Promise((resolve) => child.once("exit", resolve));
    // A frozen process hears nothing but SIGKILL until it goes on.
    child.kill("SIGCONT");
    child.kill(signal);
    const insist = setTimeout(() => child.kill("SIGKILL"), 10_000);
    await ended;
    clearTimeout(insist);
  }
  const patience = new AbortController();
  await Promise.race([closed, sleep(lastWordsMs, undefined, { signal: patience.signal })]);
  patience.abort();
}
