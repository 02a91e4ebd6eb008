/** The server that a command asks, as its flags and the environment name it. */
import { type Command, Option } from "commander";
import { CoalmineError } from "../../../base/errors.ts";
import type { CliHost } from "../cli-host.ts";
import { readInput } from "../read-input.ts";
import type { NamedServer } from "./ask-server.ts";

/** Where the server is and what it is told, as typed. */
export interface ServerFlags {
  readonly server?: string;
  readonly tokenFile?: string;
}

/** What a command that asks a server writes. */
export interface OutputFlags extends ServerFlags {
  readonly output: "text" | "json";
}

/** Adds the flags to a command. */
export function withServer(command: Command): Command {
  return command
    .option("--server <url>", "the Coalmine server (default: $COALMINE_URL or http://127.0.0.1:8080)")
    .option("--token-file <path>", "file with the token; - reads standard input (default: $COALMINE_TOKEN)")
    .addOption(new Option("--output <form>", "form of the result").choices(["text", "json"]).default("text"));
}

/** Where `coalmine serve` listens unless its settings say otherwise. */
const usualServer = "http://127.0.0.1:8080";

/**
 * The server that the flags or else the environment name, and the token for it.
 *
 * @throws CoalmineError invalid-request if the address or the token does not read.
 */
export async function namedServer(flags: ServerFlags, host: CliHost): Promise<NamedServer> {
  const url = readAddress(flags.server ?? host.environment.serverUrl ?? usualServer);
  if (flags.tokenFile === undefined) {
    const { token } = host.environment;
    return { url, token: token === null ? null : readToken(token, "COALMINE_TOKEN") };
  }
  const text = await readInput(flags.tokenFile, host.terminal.stdin);
  return { url, token: readToken(text.replace(/\r?\n$/, ""), flags.tokenFile) };
}

function readAddress(text: string): URL {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol) || url.search !== "" || url.hash !== "") {
    const message = `the server must be a URL such as ${usualServer}, got ${JSON.stringify(text)}`;
    throw new CoalmineError("invalid-request", message);
  }
  if (url.username !== "" || url.password !== "") {
    const message = `the server's URL must not hold a user or password; put the token in COALMINE_TOKEN or a --token-file`;
    throw new CoalmineError("invalid-request", message);
  }
  return url;
}

function readToken(text: string, from: string): string {
  // What RFC 9110 lets a header hold; the text itself is never told.
  if (/^[\x21-\x7e]+$/.test(text)) return text;
  const message = `${from} must hold one token, of printable characters without spaces`;
  throw new CoalmineError("invalid-request", message);
}
