/** The world of a command line, made of strings: what it wrote, what it opened, and a Ctrl-C to press. */
import { Readable, Writable } from "node:stream";
import type { CliHost, OpenSources, SourceChoice } from "../../../src/adapters/cli/cli-host.ts";
import type { AnalysisStep } from "../../../src/analysis/run/step.ts";
import type { AnalysisSpec } from "../../../src/analysis/spec/model.ts";
import { fakeClock } from "../../support/fake-clock.ts";

/** What a run was asked, live or not. */
export interface Asked {
  readonly way: "live" | "replay";
  readonly spec: AnalysisSpec;
  readonly startedAt: number;
  readonly ingestionDelayMs: number | null;
  readonly signal: AbortSignal;
}

export interface FakeHostOptions {
  /** What every run yields. */
  readonly run?: (asked: Asked) => AsyncIterable<AnalysisStep> | Iterable<AnalysisStep>;
  readonly check?: (signal: AbortSignal) => Promise<void>;
  readonly stdin?: string;
  readonly serve?: CliHost["serve"];
  readonly checkSettings?: CliHost["checkSettings"];
  readonly environment?: Partial<CliHost["environment"]>;
  /** The server that commands ask; nobody answers unless given. */
  readonly fetch?: CliHost["fetch"];
}

export interface FakeHost {
  readonly host: CliHost;
  readonly stdout: () => string;
  readonly stderr: () => string;
  readonly asked: readonly Asked[];
  readonly opened: readonly SourceChoice[];
  readonly closed: () => number;
  /** Codes of exits that would have been at once. */
  readonly exits: readonly number[];
  /** Presses Ctrl-C; false if nobody listens. */
  interrupt(): boolean;
}

/** When it is, in every test: milliseconds since the epoch. */
export const fakeNow = Date.parse("2026-11-21T12:00:00Z");

export function fakeHost(options: FakeHostOptions = {}): FakeHost {
  const stdout = capture();
  const stderr = capture();
  const asked: Asked[] = [];
  const opened: SourceChoice[] = [];
  const exits: number[] = [];
  const listeners = new Set<() => void>();
  let closed = 0;
  const open: OpenSources = {
    sources: [{ name: "default", read: async () => ({ series: [], warnings: [] }) }],
    ingestionDelayMs: 5_000,
    check: options.check ?? (async () => undefined),
    close: async () => {
      closed += 1;
    },
  };
  async function* run(question: Asked): AsyncGenerator<AnalysisStep> {
    asked.push(question);
    yield* options.run?.(question) ?? [];
  }
  const host: CliHost = {
    version: "1.2.3",
    terminal: {
      stdin: Readable.from([options.stdin ?? ""]),
      stdout: stdout.stream,
      stderr: stderr.stream,
      onInterrupt(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      exit: (code) => exits.push(code),
    },
    clock: fakeClock(fakeNow),
    environment: {
      prometheusUrl: null,
      serverUrl: null,
      token: null,
      user: "alice",
      path: [],
      ...options.environment,
    },
    runs: {
      live: ({ spec, startedAt, ingestionDelayMs, signal }) =>
        run({ way: "live", spec, startedAt, ingestionDelayMs, signal }),
      replay: ({ spec, startedAt, signal }) =>
        run({ way: "replay", spec, startedAt, ingestionDelayMs: null, signal }),
    },
    open: {
      async named(_spec, choice) {
        opened.push(choice);
        return open;
      },
      prometheus: () => open,
      scraper: () => open,
    },
    fetch: options.fetch ?? (async () => Promise.reject(new TypeError("nobody is there"))),
    newId: () => "an-id",
    serve: options.serve ?? (async () => 0),
    checkSettings: options.checkSettings ?? (async () => ({ rows: [], trials: [] })),
  };
  return {
    host,
    stdout: stdout.text,
    stderr: stderr.text,
    asked,
    opened,
    closed: () => closed,
    exits,
    interrupt() {
      const heard = listeners.size > 0;
      for (const listener of [...listeners]) listener();
      return heard;
    },
  };
}

function capture(): { readonly stream: Writable; readonly text: () => string } {
  let written = "";
  const stream = new Writable({
    write(chunk, _encoding, done) {
      written += String(chunk);
      done();
    },
  });
  return { stream, text: () => written };
}
