/** A Coalmine server whose plugin services are asked over gRPC. */
import {
  type ChannelCredentials,
  type ChannelOptions,
  Client,
  credentials,
  logVerbosity,
  Metadata,
  type ServiceError,
  setLogVerbosity,
  status,
} from "@grpc/grpc-js";
import { CoalmineError, messageOf } from "../../../base/errors.ts";
import type { Logger } from "../../../base/logger.ts";
import type { ServiceMethod } from "../services/contract.ts";

export interface PluginServerOptions {
  /** As the operator wrote it, for what is told: `https://coalmine.coalmine:50051`. */
  readonly url: string;
  /** As in `coalmine.coalmine:50051`. */
  readonly address: string;
  /** Asked for before every call, so that what is held may rotate. @throws CoalmineError if it cannot be had. */
  readonly credentials: () => Promise<ServerCredentials>;
  readonly logger: Logger;
  /**
   * For one call, in milliseconds; 10 s unless given. The server answers what it
   * knows, in milliseconds; and the host waits with one of its few workers.
   */
  readonly callMs?: number;
}

/** PEM, as files have it. */
export interface ClientTls {
  /** Null takes those that Node knows. */
  readonly authority: Buffer | null;
  /** Null shows the server no certificate. */
  readonly identity: { readonly certificate: Buffer; readonly key: Buffer } | null;
}

export interface ServerCredentials {
  /** Sent as a bearer token; null sends none. */
  readonly token: string | null;
  /** Null speaks plain text. The same object as before where nothing has changed: another one is another connection. */
  readonly tls: ClientTls | null;
}

export interface PluginServer {
  /**
   * @throws CoalmineError source-unavailable if the server is away, refuses, or
   *   answers something else; the message names it and says why.
   */
  ask<Request, Response>(method: ServiceMethod<Request, Response>, request: Request): Promise<Response>;
  close(): void;
}

/** Of an answer: a measurement's metadata is some kilobytes. */
const maxAnswerBytes = 4 * 1024 * 1024;

/** A server that is back is known within seconds; one that is gone without a word is, before the second call has waited for it. */
const channelOptions: ChannelOptions = {
  "grpc.initial_reconnect_backoff_ms": 500,
  "grpc.max_reconnect_backoff_ms": 5_000,
  "grpc.keepalive_time_ms": 10_000,
  "grpc.keepalive_timeout_ms": 5_000,
  "grpc.max_receive_message_length": maxAnswerBytes,
  // As for the sources: an environment's proxy is not for what is in the cluster.
  "grpc.enable_http_proxy": 0,
  "grpc.service_config_disable_resolution": 1,
  "grpc.enable_channelz": 0,
};

/** Nothing is connected before the first call. */
export function connectToServer(options: PluginServerOptions): PluginServer {
  const { url, logger, callMs = 10_000 } = options;
  // Nothing of ours prints but the log.
  setLogVerbosity(logVerbosity.NONE);
  const channel = rotatingChannel(options.address);
  let isAway = false;

  async function asked<Request, Response>(
    { path, encodeRequest, decodeResponse }: ServiceMethod<Request, Response>,
    request: Request,
  ): Promise<Response> {
    const { token, tls } = await options.credentials();
    const metadata = new Metadata();
    if (token !== null) metadata.set("authorization", `Bearer ${token}`);
    const { promise, resolve, reject } = Promise.withResolvers<Response>();
    const done = (error: ServiceError | null, response?: Response) => {
      if (error === null && response !== undefined) resolve(response);
      else reject(failureOf(url, error));
    };
    const deadline = Date.now() + callMs;
    channel
      .with(tls)
      .makeUnaryRequest(path, encodeRequest, decodeResponse, request, metadata, { deadline }, done);
    return await promise;
  }

  return {
    async ask(method, request) {
      try {
        const answer = await asked(method, request);
        if (isAway) logger.info({ server: url }, "the Coalmine server answers again");
        isAway = false;
        return answer;
      } catch (thrown) {
        const error = CoalmineError.from(thrown);
        if (!isAway) logger.warn({ server: url, err: error }, "the Coalmine server does not answer");
        isAway = true;
        throw error;
      }
    },
    close: () => channel.close(),
  };
}

/** What kept a server from answering. @throws whatever is no failure of the server's, but a fault of ours. */
export function serverFailure(thrown: unknown): CoalmineError {
  const error = CoalmineError.from(thrown);
  if (error.code === "internal") throw thrown;
  return error;
}

/** What is no answer, in a line. A proxy's words may be among them, and no secret: ours are in the metadata. */
function failureOf(url: string, error: ServiceError | null): CoalmineError {
  const code = error?.code ?? status.UNKNOWN;
  const why = error?.details || "no reason was given";
  const isAway = code === status.UNAVAILABLE || code === status.DEADLINE_EXCEEDED;
  const what = isAway ? `is away: ${why}` : `does not answer: ${status[code]}: ${why}`;
  return new CoalmineError("source-unavailable", `the Coalmine server ${url} ${what}`, { cause: error });
}

/** One channel, made anew when what it is made of has changed; calls under way end on the old one. */
function rotatingChannel(address: string) {
  let open: { readonly client: Client; readonly tls: ClientTls | null } | null = null;
  return {
    with(tls: ClientTls | null): Client {
      if (open !== null && open.tls === tls) return open.client;
      open?.client.close();
      const client = new Client(address, credentialsOf(tls), channelOptions);
      open = { client, tls };
      return client;
    },
    close: () => open?.client.close(),
  };
}

function credentialsOf(tls: ClientTls | null): ChannelCredentials {
  if (tls === null) return credentials.createInsecure();
  const { authority, identity } = tls;
  try {
    return credentials.createSsl(authority, identity?.key ?? null, identity?.certificate ?? null);
  } catch (error) {
    throw unusable(error);
  }
}

function unusable(cause: unknown): CoalmineError {
  return new CoalmineError(
    "invalid-settings",
    `server: its certificates or key cannot be used: ${messageOf(cause)}`,
    { cause },
  );
}
