/** What serves a plugin's host, in the one protocol or the other, and why a plugin ends. */
import type { Socket } from "node:net";

/** Why a plugin ends. */
export type Ending =
  | "the host said quit"
  | "the host closed its connection"
  | "the host's process ended"
  | "no host connected"
  | "SIGTERM";

/** The connections of a plugin's host, as a rule one. */
export interface HostServer {
  /** Resolves when the plugin is to end, by the first reason that was met. */
  readonly ending: Promise<Ending>;
  /** Aborts when a host has connected. */
  readonly connected: AbortSignal;
  /** Serves a host that has connected. */
  add(socket: Socket): void;
  /** Gives a reason to end; only the first counts. */
  end(why: Ending): void;
  /** Closes all connections, those that come later too. */
  close(): void;
  /** Resolves when those there are now have ended, and their calls with them. */
  settled(): Promise<void>;
}
