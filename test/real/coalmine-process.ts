/** Coalmine's programs as processes of their own, run from the sources as they stand. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** How a process ended. */
export interface Ended {
  /** Null if a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A process under way. */
export interface CoalmineProcess {
  /** What it has printed so far. */
  readonly printed: { readonly stdout: string; readonly stderr: string };
  readonly ended: Promise<Ended>;
  send(signal: "SIGINT" | "SIGTERM"): void;
}

/** A folder for the files of a test, which is the processes' working directory too. */
export interface WorkFolder {
  /** Writes a file and answers its path. */
  write(name: string, text: string): string;
  path(name: string): string;
  /** Starts src/bin/<program>.ts. */
  start(
    program: "cli" | "server",
    args: readonly string[],
    environment?: Readonly<Record<string, string>>,
  ): CoalmineProcess;
  /** Ends what still runs, and removes the folder. */
  close(): Promise<void>;
}

export function openWorkFolder(): WorkFolder {
  const folder = mkdtempSync(join(tmpdir(), "coalmine-work-"));
  const children = new Set<ChildProcess>();
  return {
    write(name, text) {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    },
    path: (name) => join(folder, name),
    start(program, args, environment = {}) {
      const script = join(import.meta.dirname, `../../src/bin/${program}.ts`);
      const child = spawn(process.execPath, [script, ...args], {
        cwd: folder,
        // Only what the test says: the machine's own PROMETHEUS_URL is none of its business.
        env: {
          PATH: process.env["PATH"],
          NODE_NO_WARNINGS: "1",
          DATABASE_FILE: join(folder, "coalmine.db"),
          ...environment,
        },
        stdio: ["ignore", "pipe", "pipe"],
      });
      children.add(child);
      const running = follow(child);
      void running.ended.finally(() => children.delete(child));
      return running;
    },
    async close() {
      const ended = [...children].map((child) => new Promise((resolve) => child.once("close", resolve)));
      for (const child of children) child.kill("SIGKILL");
      await Promise.all(ended);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function follow(child: ChildProcess): CoalmineProcess {
  const printed = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name]?.setEncoding("utf8").on("data", (text: string) => {
      printed[name] += text;
    });
  }
  const { promise, resolve, reject } = Promise.withResolvers<Ended>();
  child.once("error", reject).once("close", (code) => resolve({ code, ...printed }));
  return { printed, ended: promise, send: (signal) => void child.kill(signal) };
}
