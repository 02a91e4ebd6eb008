/** Kubernetes objects as JSON, from callers. */
import type * as z from "zod";
import { CoalmineError } from "../../../base/errors.ts";
import { safeParse } from "../../../base/safe-parse.ts";
import { parseJson } from "../../kubernetes/parse-json.ts";

/** A Kubernetes object is 1.5 MiB at most (etcd's limit). */
const maxBytes = 1_572_864;

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Reads one object. Its members that the schema does not have are passed over,
 * as gob does with fields: a later Argo Rollouts has more of them.
 *
 * @param name what it is, for the error; such as `AnalysisRun`.
 * @throws CoalmineError invalid-request with every problem's path, too-large; never with a value, for that may be a secret.
 */
export function readDocument<Document>(
  name: string,
  bytes: Uint8Array,
  schema: z.ZodType<Document>,
): Document {
  const read = safeParse(schema, parsed(name, textOf(name, bytes)));
  if (read.success) return read.data;
  const problems = read.error.issues.map((issue) => ({
    path: [name, ...issue.path].map(String).join("."),
    message: issue.message,
  }));
  const told = problems.map(({ path, message }) => `${path}: ${message}`).join("; ");
  throw new CoalmineError("invalid-request", `argo-rollouts: ${told}`, { problems });
}

/** A json.RawMessage as text; "" for none. Whether it is JSON is not looked at. @throws CoalmineError invalid-request if it is no UTF-8, too-large. */
export function textOf(name: string, bytes: Uint8Array): string {
  if (bytes.byteLength > maxBytes) {
    throw new CoalmineError(
      "too-large",
      `argo-rollouts: ${name}: at most ${maxBytes} bytes wanted, ${bytes.byteLength} met`,
    );
  }
  try {
    return utf8.decode(bytes);
  } catch (cause) {
    throw wrong(name, "UTF-8 wanted, other bytes met", cause);
  }
}

function parsed(name: string, text: string): unknown {
  const value = parseJson(text);
  if (value === undefined) throw wrong(name, `JSON wanted, ${text === "" ? "none" : "something else"} met`);
  return value;
}

function wrong(path: string, message: string, cause?: unknown): CoalmineError {
  return new CoalmineError("invalid-request", `argo-rollouts: ${path}: ${message}`, {
    problems: [{ path, message }],
    cause,
  });
}

const encoder = new TextEncoder();

/** An object as it is sent; members without a value are left out. */
export function writeDocument(document: object): Uint8Array {
  return encoder.encode(JSON.stringify(document));
}
