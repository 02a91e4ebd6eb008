/** `coalmine token create`: a new token, and its entry for the server's settings. */
import { randomBytes } from "node:crypto";
import { type Command, InvalidArgumentError } from "commander";
import { stringify } from "yaml";
import { type Scope, scopes } from "../../../base/access.ts";
import { digestOf, namespacePattern, tokenName } from "../../../base/token.ts";
import type { CliHost } from "../cli-host.ts";

interface CreateFlags {
  readonly name: string;
  readonly namespaces: readonly string[];
  readonly scopes: readonly Scope[];
}

const examples = `
  $ coalmine token create --name shop-pipeline --namespaces shop,team-* > shop-pipeline.token

The token goes to standard output and stands nowhere else. Its entry goes to standard error: it holds the digest, from which nobody gets
the token back, and belongs under access.tokens of the server's settings or into a file of access.tokensFolder.`;

export function addTokenCommand(program: Command, { terminal }: CliHost): void {
  program
    .command("token")
    .description("make tokens for callers of the server")
    .command("create")
    .description("make a token, and tell its entry for the server's settings")
    .requiredOption("--name <name>", "who is to hold it", readName)
    .requiredOption("--namespaces <list>", "where it may act, with commas: shop,team-* or *", readNamespaces)
    .option("--scopes <list>", "what it may do: read, write or both", readScopes, scopes)
    .addHelpText("after", examples)
    .action(({ name, namespaces, scopes: given }: CreateFlags) => {
      // The prefix is for those who look for secrets where none should be.
      const token = `coalmine_${randomBytes(32).toString("base64url")}`;
      const entry = { name, sha256: digestOf(token), namespaces: [...namespaces], scopes: [...given] };
      terminal.stderr.write(stringify([entry]));
      terminal.stdout.write(`${token}\n`);
    });
}

function readName(text: string): string {
  if (tokenName.pattern.test(text)) return text;
  throw new InvalidArgumentError(`${tokenName.wanted}.`);
}

function readNamespaces(text: string): readonly string[] {
  const { pattern, wanted } = namespacePattern;
  return readList(text, (one) => (pattern.test(one) ? one : undefined), wanted);
}

function readScopes(text: string): readonly Scope[] {
  return readList(text, (one) => scopes.find((scope) => scope === one), "expected read or write");
}

function readList<T>(text: string, read: (one: string) => T | undefined, wanted: string): readonly T[] {
  return text.split(",").map((one) => {
    const value = read(one.trim());
    if (value === undefined) throw new InvalidArgumentError(`${wanted}; with commas between.`);
    return value;
  });
}
