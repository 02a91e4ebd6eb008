import { hash, timingSafeEqual } from "node:crypto";
import { readFile } from "node:fs/promises";
import { type Access, type Caller, noAccessControl } from "../base/access.ts";
import type { Problem } from "../base/errors.ts";
import { type AccessSettings, digestOf, wrongSecret } from "./access-settings.ts";
import { unusableSettings } from "./settings.ts";

/**
 * Who may ask, by the tokens of the settings; their files are read now. Without
 * settings everybody may do everything.
 *
 * @throws CoalmineError invalid-settings with every problem and its path: a file
 *   that cannot be read or holds no fit token, a name or a token that two share.
 *   No problem tells a token.
 */
export async function createAccess(settings: AccessSettings | undefined): Promise<Access> {
  if (settings === undefined) return noAccessControl;
  const held = await Promise.all(settings.tokens.map(hold));
  const problems = held.flatMap(({ problem }) => (problem === null ? [] : [problem]));
  problems.push(...sharedNames(settings), ...sharedTokens(held), ...tellingNames(held));
  if (problems.length > 0) throw unusableSettings(problems);

  return {
    isOn: true,
    callerOf(secret) {
      if (secret === null) return null;
      const asked = hash("sha256", secret, "buffer");
      let found: Caller | null = null;
      // All of them, also after one that fits: how long it takes must not tell how far it came.
      for (const { digest, caller } of held) if (timingSafeEqual(digest, asked)) found = caller;
      return found;
    },
  };
}

/** A token as it is kept: never the secret itself. */
interface HeldToken {
  readonly path: string;
  /** Of no secret at all where there is a problem. */
  readonly digest: Buffer;
  readonly caller: Caller;
  readonly problem: Problem | null;
}

async function hold(
  { name, namespaces, secret }: AccessSettings["tokens"][number],
  index: number,
): Promise<HeldToken> {
  const path = `access.tokens.${index}`;
  const caller = { name, mayActIn: matcherOf(namespaces) };
  const holding = (digest: string) => ({ path, caller, digest: Buffer.from(digest, "hex"), problem: null });
  if (secret.kind === "digest") return holding(secret.digest);
  const refuse = (message: string) => ({
    path,
    caller,
    digest: Buffer.alloc(32),
    problem: { path: `${path}.tokenFile`, message },
  });
  let text: string;
  try {
    text = (await readFile(secret.path, "utf8")).replace(/\r?\n$/, "");
  } catch (error) {
    return refuse(`${secret.path} cannot be read: ${whyUnread(error)}`);
  }
  const wrong = wrongSecret(text);
  return wrong === null ? holding(digestOf(text)) : refuse(`the token in ${secret.path} ${wrong}`);
}

/** The empty namespace belongs to sources that know none, so to nobody's part of them. */
function matcherOf(patterns: readonly string[]): Caller["mayActIn"] {
  if (patterns.includes("*")) return () => true;
  const exact = new Set(patterns.filter((pattern) => !pattern.endsWith("*")));
  const prefixes = patterns.filter((pattern) => pattern.endsWith("*")).map((pattern) => pattern.slice(0, -1));
  return (namespace) => exact.has(namespace) || prefixes.some((prefix) => namespace.startsWith(prefix));
}

function sharedNames({ tokens }: AccessSettings): readonly Problem[] {
  return repeatedIn(tokens.map(({ name }) => name)).map(({ index, first }) => ({
    path: `access.tokens.${index}.name`,
    message: `is that of access.tokens.${first} too; give each token a name of its own`,
  }));
}

function sharedTokens(held: readonly HeldToken[]): readonly Problem[] {
  const fit = held.filter(({ problem }) => problem === null);
  return repeatedIn(fit.map(({ digest }) => digest.toString("hex"))).map(({ index, first }) => ({
    path: fit[index]?.path ?? "",
    message: `holds the same token as ${fit[first]?.path}; give it one of its own, or join the two`,
  }));
}

/** A name is in logs. */
function tellingNames(held: readonly HeldToken[]): readonly Problem[] {
  return held
    .filter(({ digest, caller }) => digest.toString("hex") === digestOf(caller.name))
    .map(({ path }) => ({ path: `${path}.name`, message: "is the token itself, which logs would tell" }));
}

function repeatedIn(
  values: readonly string[],
): readonly { readonly index: number; readonly first: number }[] {
  return values
    .map((value, index) => ({ index, first: values.indexOf(value) }))
    .filter(({ index, first }) => first < index);
}

function whyUnread(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
  return code === "ENOENT" ? "there is no such file" : code;
}
