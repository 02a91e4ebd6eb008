/** What a plugin is made of and how it is served. */
import type { Clock } from "../../base/clock.ts";
import type { Logger } from "../../base/logger.ts";
import type { RpcMethods } from "../net-rpc/rpc-method.ts";
import type { RpcLimits } from "../net-rpc/serve-rpc.ts";
import type { MagicCookie } from "./handshake.ts";
import type { Broker } from "./mux-broker.ts";

/** What a plugin may use while the host's connection lasts. */
export interface PluginContext {
  /** Further streams between plugin and host. */
  readonly broker: Broker;
  /** Aborts when the connection has ended. */
  readonly signal: AbortSignal;
}

/**
 * Makes what the host dispenses: the methods it calls as `Plugin.<name>`. It is
 * called each time the host dispenses it; what it throws is the host's error.
 */
export type Plugin = (context: PluginContext) => RpcMethods | Promise<RpcMethods>;

/** Plugins by the name the host dispenses them as. */
export type PluginSet = Readonly<Record<string, Plugin>>;

/** How a program is a plugin, whichever protocol it speaks. Times are in milliseconds. */
export interface ProcessOptions {
  readonly cookie: MagicCookie;
  /** The machine's clock. */
  readonly clock: Clock;
  /** Hears of connections that were lost and why the plugin ends; `createHclogLogger` makes one that the host understands. */
  readonly logger: Logger;
  /** Default unix; hosts on Windows need tcp. */
  readonly network?: "unix" | "tcp";
  /** How long calls may take to end when the plugin does; default 1 s, for a host kills it after 2 s. */
  readonly graceMs?: number;
  /** How long to wait for a host that does not connect; default 60 s; null waits forever. */
  readonly connectTimeoutMs?: number | null;
}

/** How a program is a plugin that speaks net/rpc. */
export interface PluginOptions extends ProcessOptions {
  /** The plugins of each protocol version, at least one version. */
  readonly versions: Readonly<Record<number, PluginSet>>;
  /** What the host's calls may cost. */
  readonly limits?: Partial<RpcLimits>;
}
