import { setTimeout as sleep } from "node:timers/promises";
import {
  logVerbosity,
  Server,
  ServerCredentials,
  type ServerInterceptor,
  type ServerOptions,
  setLogVerbosity,
} from "@grpc/grpc-js";
import { HealthImplementation } from "grpc-health-check";
import type { Registry } from "prom-client";
import type { Analyses } from "../../analysis/analyses.ts";
import type { Access } from "../../base/access.ts";
import { authority } from "../../base/authority.ts";
import { CoalmineError, isOwnFault, messageOf } from "../../base/errors.ts";
import type { Logger } from "../../base/logger.ts";
import { analysisHandlers, type CallContext } from "./analysis-methods.ts";
import { addCallerService, type CallerService } from "./caller-service.ts";
import { trackCalls } from "./calls-under-way.ts";
import { loadMethods } from "./contract.ts";
import { measureCalls } from "./measure-calls.ts";
import { createReflection } from "./reflection.ts";
import { analysesOf, requireCaller } from "./require-caller.ts";
import { type CallOptions, definitionOf, serveStream, serveUnary } from "./serve-method.ts";

/** PEM, as files have it. */
export interface GrpcTls {
  readonly certificate: Buffer;
  readonly key: Buffer;
  /** The authority of clients' certificates, which then are required; null asks for none. */
  readonly clientAuthority: Buffer | null;
}

export interface GrpcServerOptions {
  readonly analyses: Analyses;
  /** Who may ask; probes and reflection are anybody's. */
  readonly access: Access;
  readonly logger: Logger;
  readonly metrics: Registry;
  readonly isDraining: () => boolean;
  /** Plain text without it. */
  readonly tls?: GrpcTls;
  /** Of a message, both ways; 4 MiB unless given, which clients take unless told otherwise. */
  readonly maxMessageBytes?: number;
  /** Around every call, from the wire on: for traces. */
  readonly interceptors?: readonly ServerInterceptor[];
  /** Served beside AnalysisService. */
  readonly services?: readonly CallerService[];
}

/** A server of proto/coalmine/v1, not yet listening. See docs/grpc.md. */
export interface GrpcServer {
  /**
   * Answers the port, which is a free one for 0.
   *
   * @throws CoalmineError invalid-settings if the address cannot be had, or the certificate or key is none.
   */
  listen(address: { readonly host: string; readonly port: number }): Promise<number>;
  /** Takes no more calls and ends streams; resolves when the calls under way have ended. After `atMostMs` they are cut. */
  close(atMostMs: number): Promise<void>;
}

const usualMaxMessageBytes = 4 * 1024 * 1024;

/** Of a request to AnalysisService: a day of counts, minute by minute, of ten metrics. What is sent to Argo's services may be larger. */
const maxQuestionBytes = 1024 * 1024;

/** A dashboard may watch every analysis over one connection. */
const maxStreamsOfConnection = 1_000;

/** A client that is gone without a word is known within 80 s; one that is idle is let go of, and comes back when it needs to. */
const connectionOptions: ServerOptions = {
  "grpc.max_concurrent_streams": maxStreamsOfConnection,
  "grpc.keepalive_time_ms": 60_000,
  "grpc.keepalive_timeout_ms": 20_000,
  "grpc.max_connection_idle_ms": 15 * 60_000,
  "grpc.enable_channelz": 0,
};

export async function createGrpcServer(options: GrpcServerOptions): Promise<GrpcServer> {
  const { analyses, access, logger, metrics, isDraining, maxMessageBytes = usualMaxMessageBytes } = options;
  const { services: further = [] } = options;
  // What goes wrong is told by errors and statuses; grpc-js would also write it to standard error.
  setLogVerbosity(logVerbosity.NONE);
  const [methods, reflection] = await Promise.all([loadMethods(), createReflection()]);
  const calls = trackCalls();

  const failed = (path: string, thrown: unknown) => {
    if (isOwnFault(CoalmineError.from(thrown).code)) {
      logger.error({ method: path.slice(1), err: thrown }, "a call failed");
    }
  };
  const server = new Server({
    ...connectionOptions,
    "grpc.max_receive_message_length": maxMessageBytes,
    // From the wire to the handler.
    interceptors: [
      measureCalls(metrics),
      ...(options.interceptors ?? []),
      calls.interceptor,
      requireCaller({ access, isDraining, failed }),
    ],
  });

  const call: CallOptions<CallContext> = {
    contextOf: ({ metadata }, gone) => ({ analyses: analysesOf(analyses, access, metadata), gone }),
    maxRequestBytes: Math.min(maxMessageBytes, maxQuestionBytes),
    maxMessageBytes,
    failed,
  };
  const { Start, Get, List, Cancel, Watch, Judge } = methods;
  const served = {
    Start: serveUnary(Start, call, analysisHandlers.Start),
    Get: serveUnary(Get, call, analysisHandlers.Get),
    List: serveUnary(List, call, analysisHandlers.List),
    Cancel: serveUnary(Cancel, call, analysisHandlers.Cancel),
    Watch: serveStream(Watch, call, analysisHandlers.Watch),
    Judge: serveUnary(Judge, call, analysisHandlers.Judge),
  };
  const definitions = Object.entries(methods).map(([name, method]) => [name, definitionOf(method)]);
  server.addService(Object.fromEntries(definitions), served);

  for (const service of further)
    addCallerService(server, service, { maxRequestBytes: maxMessageBytes, maxMessageBytes, failed });

  const services = ["", "coalmine.v1.AnalysisService", ...further.map(({ name }) => name)];
  const health = new HealthImplementation(Object.fromEntries(services.map((name) => [name, "SERVING"])));
  health.addToServer(server);
  reflection.addToServer(server);

  const bound: string[] = [];
  return {
    async listen({ host, port }) {
      const boundPort = await bind(server, authority({ host, port }), options.tls);
      bound.push(authority({ host, port: boundPort }));
      return boundPort;
    },
    async close(atMostMs) {
      for (const name of services) health.setStatus(name, "NOT_SERVING");
      // It cuts what is left after the time; forceShutdown knows no connections while channelz is off.
      for (const address of bound) server.drain(address, atMostMs);
      const shut = new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
      await waitFor(calls.end(), atMostMs);
      // grpc-js never calls back where a client left in that very moment.
      await waitFor(shut, lastBytesMs);
    },
  };
}

/** What the ends of calls have to leave over a connection. */
const lastBytesMs = 500;

/** Until the promise is settled or the time is over. */
async function waitFor(promise: Promise<void>, atMostMs: number): Promise<void> {
  const settled = new AbortController();
  const { signal } = settled;
  await Promise.race([promise, sleep(atMostMs, undefined, { signal }).catch(() => undefined)]);
  settled.abort();
}

async function bind(server: Server, address: string, tls: GrpcTls | undefined): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  try {
    server.bindAsync(address, credentialsOf(tls), (error, port) => (error ? reject(error) : resolve(port)));
    return await promise;
  } catch (error) {
    throw unusable(address, error);
  }
}

function unusable(address: string, cause: unknown): CoalmineError {
  return new CoalmineError("invalid-settings", `cannot listen for gRPC on ${address}: ${messageOf(cause)}`, {
    cause,
  });
}

function credentialsOf(tls: GrpcTls | undefined): ServerCredentials {
  if (tls === undefined) return ServerCredentials.createInsecure();
  const { certificate, key, clientAuthority } = tls;
  const pairs = [{ cert_chain: certificate, private_key: key }];
  return ServerCredentials.createSsl(clientAuthority, pairs, clientAuthority !== null);
}
