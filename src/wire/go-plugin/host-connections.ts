import type { Socket } from "node:net";
import type { PluginOptions, PluginSet } from "./plugin-options.ts";
import { serveConnection } from "./serve-connection.ts";

/** Why a plugin ends. */
export type Ending =
  | "the host said quit"
  | "the host closed its connection"
  | "the host's process ended"
  | "no host connected"
  | "SIGTERM";

/** The connections of a plugin's host, as a rule one, and the first reason to end that is met. */
export class HostConnections {
  /** Resolves when the plugin is to end. */
  readonly ending: Promise<Ending>;
  readonly #resolveEnding: (why: Ending) => void;
  readonly #options: PluginOptions;
  readonly #plugins: PluginSet;
  readonly #connected = new AbortController();
  readonly #closing = new AbortController();
  readonly #settling = new Set<Promise<void>>();
  #openCount = 0;

  constructor(options: PluginOptions, plugins: PluginSet) {
    this.#options = options;
    this.#plugins = plugins;
    const { promise, resolve } = Promise.withResolvers<Ending>();
    this.ending = promise;
    this.#resolveEnding = resolve;
  }

  /** Aborts when a host has connected. */
  get connected(): AbortSignal {
    return this.#connected.signal;
  }

  /** Serves a host that has connected. */
  add(socket: Socket): void {
    this.#connected.abort();
    const { closed, settled } = serveConnection(socket, {
      ...this.#options,
      plugins: this.#plugins,
      signal: this.#closing.signal,
      onQuit: () => this.end("the host said quit"),
    });
    this.#openCount += 1;
    void closed.then(() => {
      this.#openCount -= 1;
      if (this.#openCount === 0) this.end("the host closed its connection");
    });
    this.#settling.add(settled);
    void settled.then(() => this.#settling.delete(settled));
  }

  /** Gives a reason to end; only the first counts. */
  end(why: Ending): void {
    this.#resolveEnding(why);
  }

  /** Closes all connections, those that come later too. */
  close(): void {
    this.#closing.abort();
  }

  /** Resolves when those there are now have ended, and their calls with them. */
  async settled(): Promise<void> {
    await Promise.all(this.#settling);
  }
}
