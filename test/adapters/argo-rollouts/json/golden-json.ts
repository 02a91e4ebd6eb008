import { readFileSync } from "node:fs";

const golden: unknown = JSON.parse(readFileSync(new URL("golden.json", import.meta.url), "utf8"));

/** A value of Argo's types as Go's json.Marshal wrote it (test/tools/wire-golden/gob/argo.go); `part` is a field of the arguments. */
export function goldenJson(name: string, part: string): Readonly<Record<string, unknown>> {
  const value = Object(Object(Object(golden)[name])[part]);
  if (Object.keys(value).length === 0) throw new Error(`no ${part} in ${name}`);
  return value;
}

/** As it is sent. */
export function bytesOf(document: unknown): Buffer {
  return Buffer.from(JSON.stringify(document));
}
