import type { Socket } from "node:net";
import type { Ending, HostServer } from "./host-server.ts";
import type { PluginOptions, PluginSet } from "./plugin-options.ts";
import { serveConnection } from "./serve-connection.ts";

/** The connections of a host that speaks net/rpc, as a rule one, and the first reason to end that is met. */
export class HostConnections implements HostServer {
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

  get connected(): AbortSignal {
    return this.#connected.signal;
  }

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

  end(why: Ending): void {
    this.#resolveEnding(why);
  }

  close(): void {
    this.#closing.abort();
  }

  async settled(): Promise<void> {
    await Promise.all(this.#settling);
  }
}
