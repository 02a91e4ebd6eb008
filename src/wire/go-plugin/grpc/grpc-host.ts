import { setMaxListeners } from "node:events";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { logVerbosity, Server, ServerCredentials, type ServerOptions, setLogVerbosity } from "@grpc/grpc-js";
import type { Clock } from "../../../base/clock.ts";
import { CoalmineError } from "../../../base/errors.ts";
import type { Logger } from "../../../base/logger.ts";
import { createSession } from "../../yamux/session.ts";
import type { Ending, HostServer } from "../host-server.ts";
import { brokerService } from "./broker-service.ts";
import { controllerService } from "./controller-service.ts";
import { defaultMaxMessageBytes, type GrpcService } from "./grpc-plugin-options.ts";
import { healthService } from "./health-service.ts";
import type { PrintedOutput } from "./printed-output.ts";
import { stdioService } from "./stdio-service.ts";

/** How a host that speaks gRPC is served. Times are in milliseconds. */
export interface GrpcHostOptions {
  /** Beside go-plugin's own. */
  readonly services: readonly GrpcService[];
  /** What the host's stream is of. */
  readonly output: PrintedOutput;
  /** Whether a connection is yamux's and holds those of gRPC. */
  readonly multiplexes: boolean;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly maxMessageBytes?: number;
  /** How long calls under way may take when the connections are closed; default 1 s. */
  readonly graceMs?: number;
  /** How long a host that has closed its last connection may stay away; default 60 s; null for ever. */
  readonly connectTimeoutMs?: number | null;
}

/** As over net/rpc; more calls wait with the host. */
export const maxCallsOfConnection = 256;

/** Serves the gRPC connections that it is given. */
export function createGrpcHost(options: GrpcHostOptions): HostServer {
  // What goes wrong is told by statuses; grpc-js would also write it to standard error.
  setLogVerbosity(logVerbosity.NONE);
  return new GrpcHost(options);
}

class GrpcHost implements HostServer {
  readonly ending: Promise<Ending>;
  readonly #resolveEnding: (why: Ending) => void;
  readonly #options: GrpcHostOptions;
  readonly #grpc: ReturnType<Server["createConnectionInjector"]>;
  readonly #connected = new AbortController();
  readonly #closing = new AbortController();
  readonly #sockets = new Set<Socket>();
  /** Of each of gRPC's connections that are open: when it has closed. */
  readonly #settling = new Set<Promise<void>>();
  /** Ends the wait for a host that is away. */
  #isBack = new AbortController();

  constructor(options: GrpcHostOptions) {
    this.#options = options;
    const { promise, resolve } = Promise.withResolvers<Ending>();
    this.ending = promise;
    this.#resolveEnding = resolve;
    // Every stream that lasts listens to it.
    setMaxListeners(0, this.#closing.signal);
    const server = new Server(limitsOf(options));
    for (const { definition, implementation } of this.#services())
      server.addService(definition, implementation);
    this.#grpc = server.createConnectionInjector(ServerCredentials.createInsecure());
  }

  get connected(): AbortSignal {
    return this.#connected.signal;
  }

  add(socket: Socket): void {
    this.#connected.abort();
    this.#isBack.abort();
    this.#sockets.add(socket);
    socket.on("error", () => {}).once("close", () => this.#lose(socket));
    if (this.#closing.signal.aborted) socket.destroy();
    else if (this.#options.multiplexes) void this.#serveStreams(socket);
    else this.#serve(socket);
  }

  end(why: Ending): void {
    this.#resolveEnding(why);
    this.#options.output.end();
    this.#closing.abort();
  }

  close(): void {
    this.#closing.abort();
    this.#grpc.drain(this.#options.graceMs ?? 1_000);
  }

  async settled(): Promise<void> {
    await Promise.all(this.#settling);
  }

  #services(): readonly GrpcService[] {
    const { signal } = this.#closing;
    return [
      healthService(signal),
      brokerService(signal),
      controllerService(() => this.end("the host said quit")),
      stdioService(this.#options.output),
      ...this.#options.services,
    ];
  }

  /** Each stream that the host opens is one of gRPC's connections. */
  async #serveStreams(socket: Socket): Promise<void> {
    const { clock, logger } = this.#options;
    const session = createSession(socket, { role: "server", clock });
    try {
      for await (const stream of session) this.#serve(stream);
    } catch (error) {
      if (this.#closing.signal.aborted) return;
      logger.warn({ error }, `go-plugin: ${CoalmineError.from(error).message}`);
    }
  }

  #serve(connection: Duplex): void {
    const closed = new Promise<void>((resolve) => connection.once("close", resolve));
    this.#settling.add(closed);
    void closed.then(() => this.#settling.delete(closed));
    this.#grpc.injectConnection(connection);
  }

  #lose(socket: Socket): void {
    this.#sockets.delete(socket);
    if (this.#sockets.size === 0) this.#awaitReturn();
  }

  /** gRPC's clients open a connection again when they need it. */
  #awaitReturn(): void {
    const { clock, connectTimeoutMs = 60_000 } = this.#options;
    if (connectTimeoutMs === null) return;
    this.#isBack = new AbortController();
    const signal = AbortSignal.any([this.#isBack.signal, this.#closing.signal]);
    clock.until(clock.now() + connectTimeoutMs, signal).then(
      () => this.end("the host closed its connection"),
      () => {},
    );
  }
}

function limitsOf({ maxMessageBytes = defaultMaxMessageBytes }: GrpcHostOptions): ServerOptions {
  return {
    "grpc.max_receive_message_length": maxMessageBytes,
    "grpc.max_send_message_length": maxMessageBytes,
    "grpc.max_concurrent_streams": maxCallsOfConnection,
    "grpc.enable_channelz": 0,
  };
}
