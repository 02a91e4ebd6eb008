/** What a host and a plugin tell each other before they connect: the host by environment variables, the plugin by one line on its standard output. */
import { CoalmineError } from "../../base/errors.ts";

/** go-plugin's own protocol, CoreProtocolVersion in its server.go: the first field of the line. */
const coreProtocolVersion = 1;

/** The environment variable and its value by which a host says that it means this plugin; its author and the plugin's agree on them. */
export interface MagicCookie {
  /** Name of the environment variable, not empty. */
  readonly key: string;
  /** Its value, not empty. A way to tell a host from a person, not a secret. */
  readonly value: string;
}

/** What a person sees who starts a plugin by hand. */
export const notMeantForPeople =
  "This program is a plugin. It is not meant to be started by hand:\n" +
  "start the program that uses it, which starts its plugins itself.\n";

/**
 * Whether a host that means this plugin started it.
 *
 * @throws CoalmineError invalid-settings if the cookie's key or value is empty, for then every program would be a host.
 */
export function isStartedByHost(cookie: MagicCookie, env: NodeJS.ProcessEnv): boolean {
  if (cookie.key === "" || cookie.value === "") {
    throw new CoalmineError(
      "invalid-settings",
      "go-plugin: a magic cookie with a key and a value wanted, an empty one met",
    );
  }
  return env[cookie.key] === cookie.value;
}

/**
 * The protocol version to serve: the newest that the host takes too; the oldest
 * if it takes none or does not say, so that the host reports the mismatch
 * (protocolVersion in server.go).
 *
 * @param served Versions that the plugin has, at least one, whole numbers of 0 or more.
 * @param offered PLUGIN_PROTOCOL_VERSIONS: whole numbers with commas between them; what is none is passed over.
 * @throws CoalmineError invalid-settings if `served` is empty or holds another number.
 */
export function negotiateVersion(served: readonly number[], offered: string | undefined): number {
  const oldest = Math.min(...served);
  if (served.length === 0 || !served.every((version) => Number.isSafeInteger(version) && version >= 0)) {
    throw new CoalmineError(
      "invalid-settings",
      `go-plugin: protocol versions of 0 or more wanted, ${JSON.stringify(served)} met`,
    );
  }
  const taken = (offered ?? "").split(",").filter((text) => /^[+-]?\d+$/.test(text));
  const shared = served.filter((version) => taken.some((text) => Number(text) === version));
  return shared.length === 0 ? oldest : Math.max(...shared);
}

/** Where a plugin listens. */
export interface PluginAddress {
  readonly network: "unix" | "tcp";
  /** Path of the socket, or `host:port`. */
  readonly address: string;
}

/** What the line says. */
export interface Handshake {
  /** The protocol version that is served. */
  readonly version: number;
  readonly address: PluginAddress;
  readonly protocol: PluginProtocol;
  /** Whether the host asked for one connection that holds all others (see {@link asksForMultiplexing}). */
  readonly multiplexes: boolean;
}

/** How calls are said. */
export type PluginProtocol = "netrpc" | "grpc";

/**
 * The line that tells the host where to connect: core protocol, protocol
 * version, network, address, RPC protocol, TLS certificate (none). Whether one
 * connection can hold all is a seventh field, for hosts that ask: older ones
 * would take it for a part of the certificate.
 *
 * @throws CoalmineError invalid-settings if the address holds the separator or a line break.
 */
export function handshakeLine({ version, address: where, protocol, multiplexes }: Handshake): string {
  const { network, address } = where;
  if (/[|\r\n]/.test(address)) {
    throw new CoalmineError(
      "invalid-settings",
      `go-plugin: an address without "|" or a line break wanted, ${JSON.stringify(address)} met`,
    );
  }
  const asked = multiplexes ? "|true" : "";
  return `${coreProtocolVersion}|${version}|${network}|${address}|${protocol}|${asked}\n`;
}

/**
 * Whether a host wants to speak to the plugin over one connection (client.go's
 * GRPCBrokerMultiplex; only in gRPC): then that connection is yamux's, and each
 * of its streams one of gRPC's connections.
 *
 * @param asked PLUGIN_MULTIPLEX_GRPC: a truth as Go's strconv.ParseBool reads it.
 */
export function asksForMultiplexing(asked: string | undefined): boolean {
  return /^(?:1|t|T|TRUE|true|True)$/.test(asked ?? "");
}
