/**
 * Reads what the controller sent, of which nothing was checked yet, field by
 * field. gob leaves out what is zero, so whatever is absent is Go's zero value.
 * Errors name the place and the kinds, never the value: it may be a secret.
 */
import { CoalmineError } from "../../../base/errors.ts";
import {
  type GobValue,
  goTimeOfValue,
  isBytes,
  isInterface,
  isList,
  isMap,
  isStruct,
  zeroGoTime,
} from "../../../wire/go-plugin/index.ts";

/** A value and where it stands, such as `RunArgs.AnalysisRun.Status`. */
export interface Located {
  readonly value: GobValue | undefined;
  readonly path: string;
}

/** A Kubernetes object is 1.5 MiB at most (etcd's limit), and so is each part of it. */
const maxTextLength = 1_572_864;

/** Entries of a list or a map. */
const maxEntries = 100_000;

/** A field of a struct, or of a field of it; of a nil pointer all fields are absent. @throws CoalmineError invalid-request if there is no struct. */
export function fieldOf(at: Located, ...names: readonly string[]): Located {
  return names.reduce(oneField, at);
}

function oneField(at: Located, name: string): Located {
  const path = `${at.path}.${name}`;
  if (isNil(at)) return { value: undefined, path };
  const { value } = at;
  // Go's fields begin with capitals: these two are a time and an interface value.
  if (value !== undefined && isStruct(value) && !("seconds" in value) && !isInterface(value))
    return { value: value[name], path };
  throw wrongKind(at, "a struct");
}

/** Whether it is absent: Go's zero value, or a nil pointer. */
export function isNil({ value }: Located): boolean {
  return value === undefined || value === null;
}

/** @throws CoalmineError invalid-request if it is no text, too-large if it is too long for Kubernetes. */
export function textOf(at: Located): string {
  const { value } = at;
  if (isNil(at)) return "";
  if (typeof value !== "string") throw wrongKind(at, "a text");
  return withinLimit(at, value, value.length, maxTextLength);
}

/** @throws CoalmineError invalid-request if it is no bool. */
export function boolOf(at: Located): boolean {
  if (isNil(at)) return false;
  if (typeof at.value !== "boolean") throw wrongKind(at, "a bool");
  return at.value;
}

/** @throws CoalmineError invalid-request if it is no whole number, or beyond 2^53. */
export function integerOf(at: Located): number {
  if (isNil(at)) return 0;
  if (typeof at.value !== "number" || !Number.isSafeInteger(at.value)) throw wrongKind(at, "a whole number");
  return at.value;
}

/** A time in milliseconds since the epoch; null for none and for Go's zero time. @throws CoalmineError invalid-request if it is no time. */
export function timeOf(at: Located): number | null {
  if (isNil(at)) return null;
  const { seconds, nanos } = goTime(at);
  if (seconds === zeroGoTime.seconds && nanos === 0) return null;
  const time = seconds * 1_000 + Math.floor(nanos / 1_000_000);
  if (Math.abs(time) > latestTime) throw wrongKind(at, "a time that a date can be");
  return time;
}

/** The last moment of ECMAScript's Date; Go's times reach further. */
const latestTime = 8.64e15;

function goTime(at: Located): ReturnType<typeof goTimeOfValue> {
  try {
    return goTimeOfValue(at.value ?? null);
  } catch (cause) {
    throw wrongKind(at, "a time", cause);
  }
}

/** @throws CoalmineError invalid-request if it is no slice, too-large if it is too long for Kubernetes. */
export function itemsOf(at: Located): readonly Located[] {
  const { value, path } = at;
  if (value === undefined || value === null) return [];
  if (!isList(value)) throw wrongKind(at, "a slice");
  withinLimit(at, value, value.length, maxEntries);
  return value.map((item, index) => ({ value: item, path: `${path}[${index}]` }));
}

/** The entries of a map whose keys are texts. @throws CoalmineError invalid-request if it is none, too-large if it is too long for Kubernetes. */
export function entriesOf(at: Located): readonly (readonly [key: string, value: Located])[] {
  const { value, path } = at;
  if (value === undefined || value === null) return [];
  if (!isMap(value)) throw wrongKind(at, "a map");
  withinLimit(at, value, value.size, maxEntries);
  return [...value].map(([key, item]) => {
    const name = textOf({ value: key, path: `${path} key` });
    return [name, { value: item, path: `${path}[${JSON.stringify(name.slice(0, 100))}]` }];
  });
}

/** A map of texts. @throws as {@link entriesOf} and {@link textOf}. */
export function textsOf(at: Located): Readonly<Record<string, string>> {
  return Object.fromEntries(entriesOf(at).map(([key, item]) => [key, textOf(item)]));
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A json.RawMessage as text; "" for nil. Whether it is JSON is not looked at. @throws CoalmineError invalid-request if it is no UTF-8, too-large if it is too long for Kubernetes. */
export function rawJsonOf(at: Located): string {
  const { value } = at;
  if (value === undefined || value === null) return "";
  if (!isBytes(value)) throw wrongKind(at, "bytes");
  withinLimit(at, value, value.byteLength, maxTextLength);
  try {
    return utf8.decode(value);
  } catch (cause) {
    throw wrongKind(at, "UTF-8", cause);
  }
}

function withinLimit<T>({ path }: Located, value: T, size: number, limit: number): T {
  if (size <= limit) return value;
  throw new CoalmineError("too-large", `argo-rollouts: ${path}: at most ${limit} wanted, ${size} met`);
}

function wrongKind({ value, path }: Located, wanted: string, cause?: unknown): CoalmineError {
  const message = `${wanted} wanted, ${kindOf(value)} met`;
  return new CoalmineError("invalid-request", `argo-rollouts: ${path}: ${message}`, {
    cause,
    problems: [{ path, message }],
  });
}

function kindOf(value: GobValue | undefined): string {
  if (typeof value !== "object" || value === null) return typeof value;
  if (isBytes(value)) return "other bytes";
  if (isList(value)) return "a slice";
  return isMap(value) ? "a map" : "a struct";
}
