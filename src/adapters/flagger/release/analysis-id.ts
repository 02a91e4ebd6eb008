import { createHash } from "node:crypto";
import type { Release } from "./release.ts";

const mostLength = 200;

/**
 * The id of a release's analysis, which any process finds again:
 * `flagger.<namespace>.<name>.<checksum>.<attempt>`. What an id cannot hold is
 * replaced by a hash, so that two releases never have the same.
 */
export function analysisId({ canary, revision, attempt }: Release): string {
  const { namespace, name } = canary;
  const plain = `flagger.${namespace}.${name}.${revision}`;
  const fitting = plain.replaceAll(/[^\w.:@~/+-]/g, "-");
  const end = `.${attempt}`;
  // The names of Canaries hold dots, so a revision with one could be the end of another Canary's name.
  const isPlain = fitting === plain && !revision.includes(".");
  if (isPlain && plain.length + end.length <= mostLength) return `${plain}${end}`;
  const hash = createHash("sha256").update(`${namespace}/${name}/${revision}`).digest("hex").slice(0, 16);
  return `${fitting.slice(0, mostLength - end.length - hash.length - 1)}.${hash}${end}`;
}
