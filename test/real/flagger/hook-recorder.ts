/** A server that takes Flagger's webhooks, remembers them, and answers as a test says. */
import type { IncomingHttpHeaders } from "node:http";
import { text } from "node:stream/consumers";
import { z } from "zod";
import { serveOnLoopback } from "../../support/loopback-server.ts";
import { waitUntil } from "../../support/wait-until.ts";

/** A call as it came, and what it was answered. */
export interface RecordedCall {
  /** Name of the Canary. */
  readonly canary: string;
  /** The path without its first slash: the type of the webhook. */
  readonly hook: string;
  readonly method: string;
  /** As in the request line: with the host where it came through a proxy. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Readonly<Record<string, unknown>>;
  readonly phase: string;
  readonly checksum: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly status: number;
}

/** What a call is answered; 200 with `OK` where nothing is said. */
export interface RecordedAnswer {
  readonly status?: number;
  readonly text?: string;
  /** Where a redirect leads. */
  readonly location?: string;
}

/** Answers the `nth` call of a hook by a Canary, counted from 0. */
export type Script = (hook: string, nth: number) => RecordedAnswer | undefined;

export interface HookRecorder {
  /** As in `http://127.0.0.1:40123`, without a slash at the end. */
  readonly url: string;
  /** What a Canary's calls are answered; every `rollback` 403 and all else 200 where the script says nothing. */
  answer(canary: string, script: Script): void;
  /** The calls of a Canary so far, in order. */
  calls(canary: string): readonly RecordedCall[];
  /** Waits until the calls of a Canary are so. */
  waitFor(
    canary: string,
    what: string,
    until: (calls: readonly RecordedCall[]) => boolean,
    seconds: number,
  ): Promise<readonly RecordedCall[]>;
  close(): Promise<void>;
}

export async function startHookRecorder(): Promise<HookRecorder> {
  const calls: RecordedCall[] = [];
  const scripts = new Map<string, Script>();
  const callsOf = (canary: string) => calls.filter((call) => call.canary === canary);

  const { url, close } = await serveOnLoopback(async (request, response) => {
    const { method = "", url: target = "", headers } = request;
    const read = await text(request);
    const body = payloadSchema.parse(read === "" ? {} : JSON.parse(read));
    const hook = new URL(target, "http://recorder.test").pathname.slice(1);
    const nth = callsOf(body.name).filter((call) => call.hook === hook).length;
    const said = scripts.get(body.name)?.(hook, nth);
    const { status = 200, text: answer = "OK", location } = said ?? usual(hook);
    const { name: canary, phase, checksum, metadata } = body;
    calls.push({ canary, hook, method, target, headers, body, phase, checksum, metadata, status });
    response.writeHead(status, location === undefined ? {} : { location });
    response.end(status === 204 ? undefined : answer);
  });

  return {
    url,
    answer: (canary, script) => void scripts.set(canary, script),
    calls: callsOf,
    waitFor: (canary, what, until, seconds) =>
      waitUntil(
        { what: `${canary}: ${what}`, read: async () => callsOf(canary), until, seconds },
        async () => [],
      ),
    close,
  };
}

/** Releases go on and are not rolled back. */
function usual(hook: string): RecordedAnswer {
  return hook === "rollback" ? { status: 403, text: "no" } : {};
}

/**
 * Calls but those of events, a line for each round of them: the phase that the first says, then what was answered, as in
 * `Progressing: rollback 403, rollout 200`. The webhook that Flagger asks first in a tick begins a line.
 */
export function outline(calls: readonly RecordedCall[]): readonly string[] {
  const lines: string[] = [];
  for (const { hook, status, phase } of calls) {
    if (hook === "event") continue;
    const isFirst = ["confirm-rollout", "rollback", "post-rollout"].includes(hook);
    const line = isFirst ? `${phase}:` : `${lines.pop() ?? ""},`;
    lines.push(`${line} ${hook} ${status}`);
  }
  return lines;
}

const payloadSchema = z.looseObject({
  name: z.string().default(""),
  phase: z.string().default(""),
  checksum: z.string().default(""),
  metadata: z.record(z.string(), z.string()).default({}),
});
