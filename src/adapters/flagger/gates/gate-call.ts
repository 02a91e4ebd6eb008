import * as z from "zod";
import type { GateHook } from "../../../analysis/gates/gate.ts";
import {
  gateCanary,
  gateHook,
  gateNamespace,
  gateRevision,
  gateSpeaker,
} from "../../../analysis/gates/gate-fields.ts";
import { zodProblems } from "../../../analysis/spec/zod-problems.ts";
import { CoalmineError, type Problem } from "../../../base/errors.ts";
import { safeParse } from "../../../base/safe-parse.ts";

/** What a call to a gate asks or says, in a payload as Flagger's webhooks send it. */
export interface GateCall {
  readonly namespace: string;
  readonly canary: string;
  /** `metadata.hook`; null for every hook. */
  readonly hook: GateHook | null;
  /** The payload's checksum; null if it has none. */
  readonly checksum: string | null;
  /** Whether `metadata.revision` narrows it to that checksum. */
  readonly isOfRevision: boolean;
  /** `metadata.by`. */
  readonly by: string | null;
  /** `metadata.token`. */
  readonly token: string | null;
}

/** Go reads a JSON null as nothing said; so do the load tester and this. */
const unsaid = <T extends z.ZodType>(schema: T) => schema.nullish().transform((value) => value ?? null);
/** A value of the metadata; an empty one says nothing. */
const said = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (value === "" ? null : value), unsaid(schema));

const payloadSchema = z.object(
  {
    name: gateCanary,
    namespace: gateNamespace,
    phase: unsaid(z.string()),
    checksum: said(gateRevision),
    metadata: unsaid(
      z
        .object({
          hook: said(gateHook),
          revision: said(z.literal("this", "expected this: the revision of the call's checksum")),
          by: said(gateSpeaker),
          token: unsaid(z.string()),
        })
        .catchall(z.string().nullable()),
    ),
  },
  "expected a JSON object with name and namespace",
);

/**
 * Reads the body of a call. What it holds beside is ignored, so that metadata
 * for the load tester and fields of a newer Flagger may stay.
 *
 * @throws CoalmineError invalid-request with every problem and its path; none of
 *   them holds what the metadata holds, hook apart.
 */
export function readGateCall(body: string): GateCall {
  const read = safeParse(payloadSchema, parseJson(body));
  if (!read.success) throw unreadable(zodProblems(read.error.issues));
  const { name, namespace, checksum, metadata } = read.data;
  const isOfRevision = metadata?.revision === "this";
  if (isOfRevision && checksum === null) {
    const message = "is missing, and metadata.revision: this means it";
    throw unreadable([{ path: "checksum", message }]);
  }
  return {
    namespace,
    canary: name,
    hook: metadata?.hook ?? null,
    checksum,
    isOfRevision,
    by: metadata?.by ?? null,
    token: metadata?.token || null,
  };
}

function parseJson(text: string): unknown {
  if (text.trim() === "") {
    throw new CoalmineError("invalid-request", "the call has no body; send JSON with name and namespace");
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw malformed(error);
  }
}

/** Without the parser's own words: they quote the body, where a token may be. */
function malformed(cause: unknown): CoalmineError {
  return new CoalmineError("invalid-request", "the body of the call is no JSON", { cause });
}

function unreadable(problems: readonly Problem[]): CoalmineError {
  const told = problems.map(({ path, message }) => (path === "" ? message : `${path}: ${message}`));
  return new CoalmineError("invalid-request", `the body of the call: ${told.join("; ")}`, { problems });
}
