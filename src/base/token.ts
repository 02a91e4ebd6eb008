/** What a token of the server is, and who may hold one. */
import { hash } from "node:crypto";
import type { Caller, Scope } from "./access.ts";

/** SHA-256 of a secret, 64 hex digits: what is kept of it, so that no file, log or dump need hold the secret itself. */
export function digestOf(secret: string): string {
  return hash("sha256", secret);
}

/** In characters. What is shorter can be guessed, by its digest too. */
export const shortestSecret = 16;
const longestSecret = 4_096;

/** What is wrong with a secret as it was given; null if nothing is. It goes through HTTP headers, so it is one word of ASCII. */
export function wrongSecret(secret: string): string | null {
  if (secret.length < shortestSecret) {
    return `is shorter than ${shortestSecret} characters, which can be guessed; \`coalmine token create\` makes a good one`;
  }
  if (secret.length > longestSecret) return `is longer than ${longestSecret} characters`;
  return /^[\x21-\x7e]+$/.test(secret) ? null : "must be one word of ASCII, without spaces or line breaks";
}

/** Who holds it, for logs and for "opened by". */
export const tokenName = {
  pattern: /^[\w.@:/-]{1,63}$/,
  wanted: "expected 1 to 63 of letters, digits and . _ @ : / -",
} as const;

/** Where it may act: a namespace, some by their prefix, or all. */
export const namespacePattern = {
  pattern: /^(\*|[a-z0-9][a-z0-9-]{0,62}\*?)$/,
  wanted: "expected a namespace, a prefix with an asterisk such as team-*, or * for all",
} as const;

/** Whether one of the patterns stands for the namespace. The empty one belongs to sources that know none, so to `*` only. */
export function matcherOf(patterns: readonly string[]): (namespace: string) => boolean {
  if (patterns.includes("*")) return () => true;
  const exact = new Set(patterns.filter((pattern) => !pattern.endsWith("*")));
  const prefixes = patterns.filter((pattern) => pattern.endsWith("*")).map((pattern) => pattern.slice(0, -1));
  return (namespace) => exact.has(namespace) || prefixes.some((prefix) => namespace.startsWith(prefix));
}

/** A caller that may do these things wherever it may act. */
export function callerWith(
  name: string,
  mayActIn: (namespace: string) => boolean,
  scopes: readonly Scope[],
): Caller {
  const may = (scope: Scope) => (scopes.includes(scope) ? mayActIn : () => false);
  return { name, mayRead: may("read"), mayWrite: may("write") };
}
