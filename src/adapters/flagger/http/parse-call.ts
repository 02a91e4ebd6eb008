import * as z from "zod";
import { nearestWord } from "../../../analysis/spec/nearest-word.ts";
import { zodProblems } from "../../../analysis/spec/zod-problems.ts";
import { CoalmineError } from "../../../base/errors.ts";
import { dnsLabel, dnsSubdomain, mostSubdomainLength } from "../../../base/kubernetes-name.ts";
import { safeParse } from "../../../base/safe-parse.ts";
import { type HookCall, type HookType, hookTypes } from "../hook-call.ts";

/** A call, and what it held to be let in; its metadata no longer has that, nor `hook`. */
export interface ReceivedCall {
  readonly call: HookCall;
  /** `metadata.token`; null without one. */
  readonly token: string | null;
}

const mostKeys = 100;
const mostKeyLength = 253;
const mostValueLength = 16 * 1_024;

const text = (most: number, pattern: RegExp, wanted: string) =>
  z.string(`expected ${wanted}`).refine((value) => value.length <= most && pattern.test(value), {
    error: `expected ${wanted}`,
  });

const metadata = z
  .record(z.string(), z.string("expected text; put numbers and booleans in quotes"), {
    error: "expected a map of texts",
  })
  .superRefine((entries, context) => {
    const keys = Object.keys(entries);
    const problem = (message: string, path: string[] = []) =>
      context.addIssue({ code: "custom", message, path });
    if (keys.length > mostKeys) problem(`expected at most ${mostKeys} keys; got ${keys.length}`);
    for (const key of keys) {
      if (key.length > mostKeyLength) problem(`expected keys of at most ${mostKeyLength} characters`);
      else if ((entries[key] ?? "").length > mostValueLength)
        problem(`expected at most ${mostValueLength} characters`, [key]);
    }
  });

/** Keys that it does not know are a newer Flagger's. */
const payload = z.looseObject(
  {
    name: text(mostSubdomainLength, dnsSubdomain, "the Canary's name, a DNS name"),
    namespace: text(63, dnsLabel, "the Canary's namespace, a DNS label"),
    phase: text(100, /^[\w.-]*$/, "the Canary's phase"),
    checksum: text(100, /^[\x21-\x7e]+$/, "the revision's checksum, which Flagger sends from 1.34 on"),
    metadata: metadata.nullish(),
  },
  "expected a JSON object as Flagger sends it",
);

/**
 * Reads the body of a webhook.
 *
 * @param hook what the address says; null: `metadata.hook` says it.
 * @throws CoalmineError invalid-request that names every fault, and no value: one may be a secret.
 */
export function parseCall(body: string, hook: HookType | null): ReceivedCall {
  const parsed = safeParse(payload, jsonOf(body));
  if (!parsed.success) throw unreadable(parsed.error.issues);
  const { name, namespace, phase, checksum } = parsed.data;
  const { token, hook: named, ...said } = parsed.data.metadata ?? {};
  const call = {
    hook: hook ?? namedHook(named),
    canary: { namespace, name },
    phase,
    checksum,
    metadata: said,
  };
  // An empty one is what a template leaves where nothing was filled in.
  return { call, token: token || null };
}

/** The type of that name. */
export function hookOf(name: string): HookType | undefined {
  return hookTypes.find((type) => type === name);
}

/** What to say to a name that no type has. */
export function unknownHook(name: string): string {
  const nearest = nearestWord(name.slice(0, 100), hookTypes);
  return nearest === null ? `known: ${hookTypes.join(", ")}` : `did you mean ${nearest}?`;
}

function namedHook(name: string | undefined): HookType {
  const wanted = "metadata.hook says which webhook this is";
  if (name === undefined || name === "")
    throw new CoalmineError("invalid-request", `${wanted}, and is missing; known: ${hookTypes.join(", ")}`);
  const hook = hookOf(name);
  if (hook !== undefined) return hook;
  throw new CoalmineError("invalid-request", `${wanted}, and is none; ${unknownHook(name)}`);
}

function jsonOf(body: string): unknown {
  if (body.trim() === "")
    throw new CoalmineError("invalid-request", "the request has no body; it must hold Flagger's JSON");
  let place: string;
  try {
    return JSON.parse(body);
  } catch (error) {
    // The message quotes the body, which may hold a token; where it breaks is enough.
    [place = ""] = / at position \d+/.exec(String(error)) ?? [];
  }
  throw new CoalmineError("invalid-request", `the body is no JSON${place}`);
}

function unreadable(issues: readonly z.core.$ZodIssue[]): CoalmineError {
  const problems = zodProblems(issues);
  const told = problems
    .slice(0, 5)
    .map(({ path, message }) => (path === "" ? message : `${path}: ${message}`));
  return new CoalmineError("invalid-request", told.join("; "), { problems });
}
