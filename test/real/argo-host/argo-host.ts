/** The plugin client of Argo Rollouts' controller, told what to do: a process of test/tools/argo-host. */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import type { ArgoHostPrograms } from "../../servers/build-argo-host.ts";

/** A plugin as the controller's ConfigMap names it. */
export interface ConfiguredPlugin {
  readonly kind: "metric" | "step";
  /** As in `coalmine/canary`: two words. */
  readonly name: string;
  /** A file that can be executed; it is copied and its copy is run, as the controller does. */
  readonly file: string;
  readonly args?: readonly string[];
}

/** What came of a command; the fields are those of main.go. */
export interface HostAnswer {
  /** What kept the host from calling: the plugin could not be found, started or pinged. */
  readonly error?: string;
  /** One a call, as the Kubernetes API would store it. */
  readonly results?: readonly unknown[];
  /** One a call, with finding and pinging the plugin. */
  readonly ms?: readonly number[];
  readonly wallMs?: number;
  /** Milliseconds since a start. */
  readonly stages?: Readonly<Record<string, number>>;
  readonly processes?: readonly PluginProcess[];
}

/** A plugin that the host has started and that runs. */
export interface PluginProcess {
  readonly pid: number;
  readonly argv: readonly string[];
  /** `metricprovider` or `step`. */
  readonly cookie: string;
  readonly rssBytes: number;
  readonly peakRssBytes: number;
  /** Processor time so far, in steps of 10 ms. */
  readonly cpuMs: number;
}

/** A host that runs. */
export interface ArgoHost {
  readonly pid: number;
  /** Its working directory, which its plugins share; sockets are in `sockets` there. */
  readonly folder: string;
  /** Tells it a command of main.go; commands told before an answer came run at the same time. */
  tell(op: string, fields?: Readonly<Record<string, unknown>>): Promise<HostAnswer>;
  /** What it and its plugins wrote to standard error so far. */
  log(): string;
  /** Ends it as a crash would: no plugin is told. */
  kill(): Promise<void>;
  /** Ends it and its plugins if they run, and removes its folder. */
  stop(): Promise<void>;
}

/** Starts the host and configures its plugins. @throws Error if a plugin's name or file is none. */
export async function startArgoHost(
  { host: program }: ArgoHostPrograms,
  plugins: readonly ConfiguredPlugin[],
): Promise<ArgoHost> {
  const folder = mkdtempSync(join(tmpdir(), "coalmine-argo-host-"));
  const child = spawn(program, [], {
    cwd: folder,
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...process.env, PLUGIN_UNIX_SOCKET_DIR: folder, POD_NAMESPACE: "argo-rollouts" },
  });
  started.add(child);
  const host = new HostProcess(child, folder);
  const configured = plugins.map(({ file, ...plugin }) => ({ ...plugin, location: `file://${file}` }));
  const { error } = await host.tell("configure", { plugins: configured });
  if (error === undefined) return host;
  await host.stop();
  throw new Error(`argo-host: ${error}`);
}

/** An executable file that becomes `command`, to which the host's arguments are added: the process it is started as remains. */
export function writeLauncher(file: string, command: readonly string[]): string {
  const quoted = command.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
  writeFileSync(file, `#!/bin/sh\nexec ${quoted} "$@"\n`, { mode: 0o755 });
  return file;
}

/** None outlives the tests, whatever one forgot. */
const started = new Set<ChildProcessByStdio<Writable, Readable, Readable>>();
process.once("exit", () => {
  for (const child of started) child.kill("SIGKILL");
});

class HostProcess implements ArgoHost {
  readonly pid: number;
  readonly folder: string;
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #waiting = new Map<number, (answer: HostAnswer) => void>();
  readonly #ended: Promise<unknown>;
  #log = "";
  #lastId = 0;

  constructor(child: ChildProcessByStdio<Writable, Readable, Readable>, folder: string) {
    if (child.pid === undefined) throw new Error("argo-host: the program could not be started");
    this.pid = child.pid;
    this.folder = folder;
    this.#child = child;
    this.#ended = once(child, "exit").then(() => started.delete(child));
    child.stdin.on("error", () => {});
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.#log += text;
    });
    createInterface(child.stdout).on("line", (line) => {
      const { id, ...answer } = JSON.parse(line) as HostAnswer & { readonly id: number };
      this.#waiting.get(id)?.(answer);
      this.#waiting.delete(id);
    });
  }

  async tell(op: string, fields: Readonly<Record<string, unknown>> = {}): Promise<HostAnswer> {
    this.#lastId += 1;
    const id = this.#lastId;
    const answered = new Promise<HostAnswer>((resolve) => this.#waiting.set(id, resolve));
    this.#child.stdin.write(`${JSON.stringify({ ...fields, id, op })}\n`);
    const ended = this.#ended.then(() => ({ error: `the host ended:\n${this.#log.slice(-2_000)}` }));
    return await Promise.race([answered, ended]);
  }

  log(): string {
    return this.#log;
  }

  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#ended;
  }

  async stop(): Promise<void> {
    // A plugin that a test has frozen would not hear of its end.
    const { processes = [] } = await this.tell("processes");
    for (const { pid } of processes) process.kill(pid, "SIGCONT");
    this.#child.stdin.end();
    await this.#ended;
    rmSync(this.folder, { recursive: true, force: true });
  }
}
