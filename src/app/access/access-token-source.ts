/** Where tokens come from: the settings, and files that an operator may exchange under a running server. */
import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { zodProblems } from "../../analysis/spec/zod-problems.ts";
import type { Caller } from "../../base/access.ts";
import { messageOf, type Problem } from "../../base/errors.ts";
import { safeParse } from "../../base/safe-parse.ts";
import { callerWith, digestOf, matcherOf, wrongSecret } from "../../base/token.ts";
import type { AccessSettings } from "../settings/access-settings.ts";
import { mostTokens, type TokenSettings, tokenSchema } from "../settings/access-token-settings.ts";
import { readSecretYaml } from "../settings/read-secret-yaml.ts";
import { faultOf, readSmallFile } from "../settings/read-small-file.ts";

/** A token as it is kept: never the secret itself. */
export interface HeldToken {
  /** Where an operator finds it. */
  readonly path: string;
  readonly digest: Buffer;
  readonly caller: Caller;
}

export interface Reading {
  readonly tokens: readonly HeldToken[];
  readonly problems: readonly Problem[];
}

/**
 * Reads tokens as they are now. What cannot be read or understood is a problem,
 * and keeps the tokens that the reading before found there; what is gone holds
 * none, whether it is an entry, a file or a folder.
 */
export type TokenSource = () => Promise<Reading>;

/** A thousand entries fit many times. */
const mostBytes = 1024 * 1024;

/** Every token of the settings, of their files and of their folder. */
export function tokenSourceOf({ tokens, tokensFile, tokensFolder }: AccessSettings): TokenSource {
  return joined([
    ...tokens.map(tokenOfSettings),
    ...(tokensFile === undefined ? [] : [tokensOfFile("access.tokensFile", tokensFile)]),
    ...(tokensFolder === undefined ? [] : [tokensOfFolder(tokensFolder)]),
  ]);
}

function joined(sources: readonly TokenSource[]): TokenSource {
  return async () => {
    const readings = await Promise.all(sources.map((read) => read()));
    return {
      tokens: readings.flatMap(({ tokens }) => tokens),
      problems: readings.flatMap(({ problems }) => problems),
    };
  };
}

function tokenOfSettings(entry: TokenSettings, index: number): TokenSource {
  const path = `access.tokens.${index}`;
  const { secret } = entry;
  if (secret.kind === "digest") {
    const reading = { tokens: [hold(path, entry, secret.digest)], problems: [] };
    return async () => reading;
  }
  return ofFile(`${path}.tokenFile`, secret.path, (text) => {
    const token = text.replace(/\r?\n$/, "");
    const wrong = wrongSecret(token);
    if (wrong === null) return { tokens: [hold(path, entry, digestOf(token))], problems: [] };
    return { tokens: [], problems: [{ path: "", message: `holds a token that ${wrong}` }] };
  });
}

/** One file of entries: a list of them, or one alone, whose name may be left out if the file has it. */
function tokensOfFile(setting: string, path: string): TokenSource {
  return ofFile(setting, path, (text) => {
    const document = readSecretYaml(text);
    const entries = Array.isArray(document) ? document : [withName(document, basename(path))];
    if (entries.length > mostTokens) throw new RangeError(`holds more than ${mostTokens} tokens`);
    const readings = entries.map((entry: unknown, index) => readEntry(entry, `entry ${index + 1}`, path));
    return {
      tokens: readings.flatMap(({ tokens }) => tokens),
      problems: readings.flatMap(({ problems }) => problems),
    };
  });
}

/** A folder of such files. What is hidden is left alone: `..data` of a mounted Secret, and what editors leave. */
function tokensOfFolder(folder: string): TokenSource {
  const setting = "access.tokensFolder";
  const problem = (message: string) => ({ path: setting, message: `${folder} ${message}` });
  let sources = new Map<string, TokenSource>();

  async function list(): Promise<readonly Problem[]> {
    try {
      const files = (await readdir(folder)).filter((file) => !file.startsWith(".")).toSorted();
      const read = files.slice(0, mostTokens);
      sources = new Map(
        read.map((file) => [file, sources.get(file) ?? tokensOfFile(setting, join(folder, file))]),
      );
      return files.length > read.length ? [problem(`holds more than ${mostTokens} files`)] : [];
    } catch (thrown) {
      const fault = faultOf(thrown);
      if (fault.isMissing) sources = new Map();
      return [problem(fault.message)];
    }
  }

  return async () => {
    const problems = await list();
    const reading = await joined([...sources.values()])();
    return { tokens: reading.tokens, problems: [...problems, ...reading.problems] };
  };
}

/**
 * Reads a file anew each time, and understands it when it has changed.
 *
 * @param parse paths of its problems are within the file; may throw an error without a secret in its message.
 */
function ofFile(setting: string, path: string, parse: (text: string) => Reading): TokenSource {
  let tokens: readonly HeldToken[] = [];
  let last: { readonly text: string; readonly problems: readonly Problem[] } | null = null;
  const told = ({ path: within, message }: Problem): Problem => ({
    path: setting,
    message: `${path} ${within === "" ? "" : `${within}: `}${message}`,
  });

  return async () => {
    let text: string;
    try {
      text = await readSmallFile(path, mostBytes);
    } catch (thrown) {
      const fault = faultOf(thrown);
      if (fault.isMissing) {
        tokens = [];
        last = null;
      }
      return { tokens, problems: [told({ path: "", message: fault.message })] };
    }
    if (last?.text !== text) {
      const read = parseOrTell(parse, text);
      last = { text, problems: read.problems.map(told) };
      if (read.problems.length === 0) tokens = read.tokens;
    }
    return { tokens, problems: last.problems };
  };
}

function parseOrTell(parse: (text: string) => Reading, text: string): Reading {
  try {
    return parse(text);
  } catch (thrown) {
    const message = messageOf(thrown);
    return { tokens: [], problems: [{ path: "", message }] };
  }
}

/** `name.yaml` names its one entry `name`. */
function withName(document: unknown, file: string): unknown {
  if (typeof document !== "object" || document === null || "name" in document) return document;
  return { ...document, name: file.replace(/[.](ya?ml|json)$/, "") };
}

/** An entry of a file: its secret stands there, for a file that names files would be read in two steps. */
const entrySchema = tokenSchema.refine(({ secret }) => secret.kind === "digest", {
  path: ["tokenFile"],
  error: "is for the settings; give sha256 or token here",
});

function readEntry(entry: unknown, which: string, file: string): Reading {
  const read = safeParse(entrySchema, entry);
  if (!read.success) {
    const problems = zodProblems(read.error.issues);
    const within = (key: string) => (key === "" ? which : `${which}.${key}`);
    return { tokens: [], problems: problems.map(({ path, message }) => ({ path: within(path), message })) };
  }
  const { secret } = read.data;
  const tokens = secret.kind === "digest" ? [hold(`${file} ${which}`, read.data, secret.digest)] : [];
  return { tokens, problems: [] };
}

function hold(path: string, { name, namespaces, scopes }: TokenSettings, digest: string): HeldToken {
  return {
    path,
    digest: Buffer.from(digest, "hex"),
    caller: callerWith(name, matcherOf(namespaces), scopes),
  };
}
