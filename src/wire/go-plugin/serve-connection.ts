/** One host's connection: a yamux session whose first three streams have fixed roles and whose others the broker hands out (ServeConn in rpc_server.go). */
import { setMaxListeners } from "node:events";
import type { Duplex } from "node:stream";
import type { Clock } from "../../base/clock.ts";
import { CoalmineError } from "../../base/errors.ts";
import type { Logger } from "../../base/logger.ts";
import type { RpcServices } from "../net-rpc/rpc-method.ts";
import { type RpcLimits, serveRpc } from "../net-rpc/serve-rpc.ts";
import { createSession, type Session } from "../yamux/session.ts";
import { controlServices } from "./control-services.ts";
import { MuxBroker } from "./mux-broker.ts";
import type { PluginSet } from "./plugin-options.ts";

/** How a connection is served. */
export interface ConnectionOptions {
  readonly plugins: PluginSet;
  readonly clock: Clock;
  /** Hears of streams and connections that did not end well. */
  readonly logger: Logger;
  /** Called when the host says that the plugin is to end. */
  readonly onQuit: () => void;
  /** Ends the connection. */
  readonly signal: AbortSignal;
  readonly limits?: Partial<RpcLimits>;
}

/** A connection that is being served; neither promise rejects. */
export interface Connection {
  /** Resolves when the connection has ended, from whichever side. */
  readonly closed: Promise<void>;
  /** Resolves when, besides, no call is being handled any more. */
  readonly settled: Promise<void>;
}

/** Serves a host that has just connected. */
export function serveConnection(socket: Duplex, options: ConnectionOptions): Connection {
  const { clock, logger, signal } = options;
  const session = createSession(socket, { role: "server", clock });
  const onAbort = (): void => void session.close();
  signal.addEventListener("abort", onAbort);
  if (signal.aborted) onAbort();

  // A host that said quit closes its connection without reading what is on its way: nothing is lost then.
  let isOver = false;
  const onQuit = (): void => {
    isOver = true;
    options.onQuit();
  };
  const ended = new AbortController();
  // Plugins and their calls may all listen to it.
  setMaxListeners(0, ended.signal);
  const warn = (error: unknown): void => {
    if (!isOver) logger.warn({ error }, `go-plugin: ${CoalmineError.from(error).message}`);
  };
  const closed = session.closed.catch(warn).then(() => {
    signal.removeEventListener("abort", onAbort);
    ended.abort();
  });
  const served = new HostStreams(session, { ...options, onQuit }, ended.signal, warn).serve().catch(warn);
  return { closed, settled: Promise.all([closed, served]).then(() => {}) };
}

/** The streams of one connection, and what is served on them. */
class HostStreams {
  readonly #session: Session;
  readonly #options: ConnectionOptions;
  readonly #signal: AbortSignal;
  readonly #warn: (error: unknown) => void;
  readonly #broker: MuxBroker;
  /** Plugins that were dispensed and whose stream has not ended. */
  readonly #dispensed = new Set<Promise<void>>();

  constructor(
    session: Session,
    options: ConnectionOptions,
    signal: AbortSignal,
    warn: (error: unknown) => void,
  ) {
    this.#session = session;
    this.#options = options;
    this.#signal = signal;
    this.#warn = warn;
    this.#broker = new MuxBroker(session, options.clock, signal);
  }

  /** Resolves when the session has ended and no call is being handled. */
  async serve(): Promise<void> {
    const control = await this.#session.accept();
    for (const _name of ["stdout", "stderr"]) keepQuiet(await this.#session.accept());
    if (control === null) return;
    const services = controlServices({
      quit: this.#options.onQuit,
      dispense: (name) => this.#dispense(name),
    });
    const controlled = this.#serve(control, services).catch(this.#warn);
    for await (const stream of this.#session) void this.#broker.receive(stream);
    await controlled;
    await Promise.all(this.#dispensed);
  }

  async #dispense(name: string): Promise<number> {
    const { plugins } = this.#options;
    const plugin = Object.hasOwn(plugins, name) ? plugins[name] : undefined;
    // The words of Dispense in rpc_server.go.
    if (plugin === undefined) throw new CoalmineError("not-found", `unknown plugin type: ${name}`);
    const methods = await plugin({ broker: this.#broker, signal: this.#signal });
    const id = this.#broker.nextId();
    const served = this.#broker
      .accept(id)
      .then((stream) => this.#serve(stream, { Plugin: methods }))
      .catch(this.#warn)
      .finally(() => this.#dispensed.delete(served));
    this.#dispensed.add(served);
    return id;
  }

  #serve(stream: Duplex, services: RpcServices): Promise<void> {
    return serveRpc(stream, services, { ...this.#options.limits, signal: this.#signal });
  }
}

/**
 * The host copies these two streams to its own output. Nothing is written to
 * them: what the plugin prints is on its standard error already, and what
 * nobody reads would hold the writer.
 */
function keepQuiet(stream: Duplex | null): void {
  stream?.on("error", () => {}).once("end", () => stream.end());
  stream?.resume();
}
