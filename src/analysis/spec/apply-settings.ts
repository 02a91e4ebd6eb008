import { CoalmineError } from "../../base/errors.ts";

type Container = Record<string, unknown> | unknown[];

/**
 * A copy of a spec's input with values set by path, for the command line's
 * `--set budget.falseAlarm=0.01` and `--set metrics.0.limit=1%`.
 *
 * A value that starts as JSON (`{`, `[` or `"`) is read as JSON; all others
 * stay text, which parseSpec reads as what the key wants: a version `1.10`
 * must not become the number 1.1. Maps on the way are made, list elements only
 * at the end of a list.
 *
 * @throws CoalmineError invalid-spec naming the path that cannot be set.
 */
export function applySettings(input: unknown, assignments: readonly string[]): unknown {
  const root: unknown = structuredClone(input) ?? {};
  for (const assignment of assignments) {
    const { path, value } = readAssignment(assignment);
    if (!isContainer(root)) throw refuse(path, "the spec is not a map");
    set(root, path, value);
  }
  return root;
}

function readAssignment(assignment: string): { readonly path: string; readonly value: unknown } {
  const split = assignment.indexOf("=");
  const path = assignment.slice(0, Math.max(0, split)).trim();
  if (path === "")
    throw new CoalmineError("invalid-spec", `expected path=value, got ${JSON.stringify(assignment)}`);
  const text = assignment.slice(split + 1);
  if (!/^\s*[{["]/.test(text)) return { path, value: text };
  try {
    const value: unknown = JSON.parse(text);
    return { path, value };
  } catch (cause) {
    throw refuse(path, `expected JSON, got ${text}`, cause);
  }
}

function set(root: Container, path: string, value: unknown): void {
  const keys = path.split(".");
  const last = keys.pop() ?? "";
  let at = root;
  for (const key of keys) {
    let next = get(at, key, path);
    if (next === undefined) {
      next = {};
      put(at, key, next, path);
    }
    if (!isContainer(next)) throw refuse(path, `${key} holds a value, not a map`);
    at = next;
  }
  put(at, last, value, path);
}

function get(container: Container, key: string, path: string): unknown {
  if (Array.isArray(container)) return container[indexOf(container, key, path)];
  return Object.hasOwn(container, key) ? container[key] : undefined;
}

function put(container: Container, key: string, value: unknown, path: string): void {
  if (Array.isArray(container)) {
    container[indexOf(container, key, path)] = value;
    return;
  }
  if (key === "" || key === "__proto__") throw refuse(path, `${JSON.stringify(key)} is not a key`);
  if (/^\d+$/.test(key)) throw refuse(path, `there is no list to take element ${key} of`);
  container[key] = value;
}

function indexOf(list: readonly unknown[], key: string, path: string): number {
  const index = /^\d{1,4}$/.test(key) ? Number(key) : Number.NaN;
  if (index <= list.length) return index;
  throw refuse(path, `expected an element from 0 to ${list.length}, got ${key}`);
}

function isContainer(value: unknown): value is Container {
  return typeof value === "object" && value !== null;
}

function refuse(path: string, message: string, cause?: unknown): CoalmineError {
  return new CoalmineError("invalid-spec", `cannot set ${path}: ${message}`, {
    cause,
    problems: [{ path, message }],
  });
}
