import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { onTestFinished } from "vitest";

const program = new URL("./store-process.ts", import.meta.url).pathname;

/** A process over a store, ended with the test at the latest. */
export interface StoreProcess {
  /** What it has told so far, a step a line. */
  readonly told: readonly string[];
  /** Waits until it has told so many lines. @throws Error if it ends before. */
  hasTold(lines: number): Promise<void>;
  /** Lets it begin. */
  begin(): void;
  kill(): void;
  /** Its code, or null for a signal, once it has ended and everything it told is in `told`. */
  readonly ended: Promise<number | null>;
}

/** Starts store-process.ts with these arguments, behind a launcher if one is given. */
export function startStoreProcess(args: readonly string[], launcher: readonly string[] = []): StoreProcess {
  const [command = "", ...rest] = [...launcher, process.execPath, program, ...args];
  const child = spawn(command, rest, { stdio: ["pipe", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  const told: string[] = [];
  const waiting = new Set<() => void>();
  const wake = () => {
    for (const check of waiting) check();
  };
  createInterface({ input: child.stdout }).on("line", (line) => {
    told.push(line);
    wake();
  });
  const ended = endOf(child).finally(wake);
  return {
    told,
    ended,
    begin: () => void child.stdin.end(),
    kill: () => void child.kill("SIGKILL"),
    async hasTold(lines) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const check = () => (told.length >= lines ? resolve() : undefined);
      waiting.add(check);
      check();
      const early = ended.then((code) => {
        if (told.length < lines) throw new Error(`it ended with ${code} after ${told.length} lines`);
      });
      await Promise.race([promise, early]);
      waiting.delete(check);
    },
  };
}

function endOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once("error", reject).once("close", resolve);
  });
}
