/** A process that does what JSON lines on its standard input tell it, and answers each by one on its standard output. */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";

/** One that starts plugins, and runs. @template Answer what it answers, beside the command's number. */
export interface ToldProcess<Answer extends object> {
  readonly pid: number;
  /** Its working directory, which its plugins share, their sockets too. */
  readonly folder: string;
  /** Tells it a command; commands told before an answer came run at the same time. */
  readonly tell: (op: string, fields?: Readonly<Record<string, unknown>>) => Promise<ToldAnswer<Answer>>;
  /** What it and its plugins wrote to standard error so far. */
  readonly log: () => string;
  /** Ends it as a crash would: no plugin is told. */
  readonly kill: () => Promise<void>;
  /** Ends it and its plugins if they run, and removes its folder. */
  readonly stop: () => Promise<void>;
}

/** `error` is what kept it from doing what it was told. */
export type ToldAnswer<Answer extends object> = Partial<Answer> & { readonly error?: string };

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

/** None outlives the tests, whatever one forgot. */
const started = new Set<Child>();
process.once("exit", () => {
  for (const child of started) child.kill("SIGKILL");
});

/** @param name what errors call it. */
export function startToldProcess<Answer extends object>(
  name: string,
  program: string,
  environment: Readonly<Record<string, string>> = {},
): ToldProcess<Answer> {
  const folder = mkdtempSync(join(tmpdir(), `coalmine-${name}-`));
  const child: Child = spawn(program, [], {
    cwd: folder,
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...process.env, PLUGIN_UNIX_SOCKET_DIR: folder, ...environment },
  });
  if (child.pid === undefined) throw new Error(`${name}: the program could not be started`);
  started.add(child);
  const exited = once(child, "exit").then(() => started.delete(child));
  const log = collectLog(child);
  const waiting = answersOf<Answer>(child);
  let lastId = 0;

  return {
    pid: child.pid,
    folder,
    log,
    async tell(op, fields = {}) {
      lastId += 1;
      const id = lastId;
      const answered = new Promise<ToldAnswer<Answer>>((resolve) => waiting.set(id, resolve));
      child.stdin.write(`${JSON.stringify({ ...fields, id, op })}\n`);
      const ended = exited.then(
        () => ({ error: `${name} ended:\n${log().slice(-2_000)}` }) as ToldAnswer<Answer>,
      );
      return await Promise.race([answered, ended]);
    },
    async kill() {
      child.kill("SIGKILL");
      await exited;
    },
    async stop() {
      child.stdin.end();
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function collectLog(child: Child): () => string {
  let log = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    log += text;
  });
  return () => log;
}

/** Who waits for which answer, by the command's number. */
function answersOf<Answer extends object>(child: Child) {
  const waiting = new Map<number, (answer: ToldAnswer<Answer>) => void>();
  child.stdin.on("error", () => {});
  createInterface(child.stdout).on("line", (line) => {
    const { id, ...answer } = JSON.parse(line);
    waiting.get(id)?.(answer);
    waiting.delete(id);
  });
  return waiting;
}
