/** Reads a kubeconfig, as far as a developer's machine needs it: the current context's server, token or client certificate. */
import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { parseDocument } from "yaml";
import * as z from "zod";
import { CoalmineError } from "../../base/errors.ts";
import { safeParse } from "../../base/safe-parse.ts";
import type { ClusterAccess, Held } from "./cluster-access.ts";

const text = z.string().min(1).optional();

const cluster = z.object({
  server: z.url({ protocol: /^https$/, error: "must be an https URL" }),
  "certificate-authority": text,
  "certificate-authority-data": text,
  "insecure-skip-tls-verify": z.boolean().default(false),
});

const user = z.object({
  token: text,
  tokenFile: text,
  "client-certificate": text,
  "client-certificate-data": text,
  "client-key": text,
  "client-key-data": text,
});

const kubeconfig = z.object({
  "current-context": z.string().min(1),
  contexts: z.array(
    z.object({ name: z.string(), context: z.object({ cluster: z.string(), user: z.string() }) }),
  ),
  clusters: z.array(z.object({ name: z.string(), cluster })),
  users: z.array(z.object({ name: z.string(), user })),
});

/**
 * Logins that run a program or ask a provider are not known: of such a user
 * nothing is read, and the API server will ask for credentials.
 *
 * @throws CoalmineError invalid-settings, naming the file and never its content.
 */
export async function readKubeconfig(path: string): Promise<ClusterAccess> {
  const config = parseKubeconfig(path, await readText(path));
  const context = named(path, "context", config.contexts, config["current-context"]).context;
  const { cluster } = named(path, "cluster", config.clusters, context.cluster);
  const { user } = named(path, "user", config.users, context.user);
  const held = (file: string | undefined, data: string | undefined) => heldBy(dirname(path), file, data);
  const certificate = held(user["client-certificate"], user["client-certificate-data"]);
  const key = held(user["client-key"], user["client-key-data"]);
  return {
    server: new URL(cluster.server).origin,
    authority: held(cluster["certificate-authority"], cluster["certificate-authority-data"]),
    token: user.token === undefined ? held(user.tokenFile, undefined) : { kind: "text", text: user.token },
    certificate: certificate === null || key === null ? null : { certificate, key },
    insecure: cluster["insecure-skip-tls-verify"],
  };
}

/** Data wins over a file, as in kubectl; a relative path starts at the kubeconfig's folder. */
function heldBy(folder: string, file: string | undefined, data: string | undefined): Held | null {
  if (data !== undefined) return { kind: "text", text: Buffer.from(data, "base64").toString("utf8") };
  return file === undefined ? null : { kind: "file", path: resolve(folder, file) };
}

function named<T extends { readonly name: string }>(
  path: string,
  kind: string,
  all: readonly T[],
  name: string,
): T {
  const found = all.find((one) => one.name === name);
  if (found === undefined) throw unusable(path, `it has no ${kind} named ${JSON.stringify(name)}`);
  return found;
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    throw unusable(path, "it is one path, and that cannot be read", cause);
  }
}

function parseKubeconfig(path: string, source: string): z.output<typeof kubeconfig> {
  const parsed = safeParse(kubeconfig, contentOf(path, source));
  if (parsed.success) return parsed.data;
  const paths = parsed.error.issues.map((issue) => issue.path.join(".") || "the whole");
  throw unusable(path, `not as a kubeconfig has it: ${[...new Set(paths)].join(", ")}`);
}

/** The parser's own errors quote the line, which may hold a token: they do not go along, not even as a cause. */
function contentOf(path: string, source: string): unknown {
  const content = plainContent(source);
  if (content === undefined)
    throw unusable(path, "it is not YAML, or has aliases of no anchor or too many of them");
  return content;
}

function plainContent(source: string): unknown {
  try {
    const document = parseDocument(source, { logLevel: "error", stringKeys: true });
    return document.errors.length > 0 ? undefined : document.toJS({ maxAliasCount: 100 });
  } catch {
    return undefined;
  }
}

function unusable(path: string, problem: string, cause?: unknown): CoalmineError {
  return new CoalmineError("invalid-settings", `KUBECONFIG ${path} cannot be used: ${problem}`, { cause });
}
