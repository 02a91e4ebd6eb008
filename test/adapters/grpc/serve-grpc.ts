/** The gRPC server on 127.0.0.1 over runs that the test moves by hand, and a client of it. */
import { fileURLToPath } from "node:url";
import {
  type ChannelCredentials,
  type ClientReadableStream,
  credentials,
  Metadata,
  makeGenericClientConstructor,
  type ServiceError,
} from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { Registry } from "prom-client";
import { onTestFinished } from "vitest";
import {
  createGrpcServer,
  type GrpcServer,
  type GrpcServerOptions,
} from "../../../src/adapters/grpc/grpc-server.ts";
import type { AnalysisService } from "../../../src/adapters/grpc/messages.ts";
import { type Analyses, createAnalyses, type Runs } from "../../../src/analysis/analyses.ts";
import type { SampleSource } from "../../../src/analysis/ports.ts";
import { judgeCounts } from "../../../src/analysis/run/judge-counts.ts";
import { systemClock } from "../../../src/app/system-clock.ts";
import { noAccessControl } from "../../../src/base/access.ts";
import { createMemoryStore } from "../../../src/store/memory/memory-store.ts";
import { immediateQueue } from "../../support/immediate-queue.ts";
import { type QuietLogger, quietLogger } from "../../support/quiet-logger.ts";
import { type ScriptedRun, type ScriptedRuns, scriptedRuns } from "../../support/scripted-runs.ts";
import { readFailure } from "./rpc-status.ts";

type Name = keyof AnalysisService;

/** What a test writes: what it leaves out has its default. */
export type Given = Readonly<Record<string, unknown>>;

export interface CallOptions {
  readonly authorization?: string;
  readonly deadlineMs?: number;
}

/** An answer, or the failure in its place. */
export type Answer<N extends Name> =
  | { readonly kind: "answer"; readonly message: AnalysisService[N]["response"] }
  | ({ readonly kind: "failure" } & ReturnType<typeof readFailure>);

export interface GrpcFixture {
  readonly address: string;
  readonly server: GrpcServer;
  readonly analyses: Analyses;
  readonly script: ScriptedRuns;
  readonly logger: QuietLogger;
  readonly metrics: Registry;
  readonly client: TestClient;
}

export interface TestClient {
  ask<N extends Exclude<Name, "Watch">>(name: N, request: Given, options?: CallOptions): Promise<Answer<N>>;
  /** A call that can be cancelled. */
  open(
    name: Name,
    request: Given,
    options?: CallOptions,
  ): { cancel(): void; readonly ended: Promise<unknown> };
  watch(id: string, options?: CallOptions): Watching;
  /** Bytes that may be no message. */
  send(name: Name, bytes: Buffer): Promise<ReturnType<typeof readFailure> | null>;
}

export interface Watching {
  readonly messages: readonly AnalysisService["Watch"]["response"][];
  /** Null if the stream ended as OK. */
  readonly ended: Promise<ReturnType<typeof readFailure> | null>;
  /** Reads no more until `resume`. */
  pause(): void;
  resume(): void;
  cancel(): void;
}

export interface FixtureOptions extends Partial<GrpcServerOptions> {
  /** Is told of every run as it is opened. */
  readonly prepare?: (run: ScriptedRun) => void;
  /** Holds nothing unless given. */
  readonly source?: SampleSource;
  /** Of past windows; scripted unless given. */
  readonly replay?: Runs["replay"];
}

const emptySource: SampleSource = { name: "default", read: async () => ({ series: [], warnings: [] }) };

/** Closed after the test. */
export async function serveGrpc(options: FixtureOptions = {}): Promise<GrpcFixture> {
  const { prepare, source = emptySource, replay, ...ofServer } = options;
  const script = scriptedRuns(prepare);
  const logger = quietLogger();
  let ids = 0;
  const analyses = createAnalyses({
    store: createMemoryStore({ maxRecords: 10_000 }),
    queue: immediateQueue(systemClock),
    sources: new Map([["default", { source, ingestionDelayMs: 0 }]]),
    clock: systemClock,
    newId: () => `id-${++ids}`,
    logger,
    runs: { ...script.runs, judgeCounts, replay: replay ?? script.runs.replay },
  });
  await analyses.resume();
  const metrics = new Registry();
  const parts = { analyses, access: noAccessControl, logger, metrics, isDraining: () => false };
  const server = await createGrpcServer({ ...parts, ...ofServer });
  const address = `127.0.0.1:${await server.listen({ host: "127.0.0.1", port: 0 })}`;
  onTestFinished(async () => {
    await analyses.close();
    await server.close(0);
  });
  return { address, server, analyses, script, logger, metrics, client: clientOf(address) };
}

const loaded = loadSync("coalmine/v1/analysis_service.proto", {
  includeDirs: [fileURLToPath(new URL("../../../proto", import.meta.url))],
  longs: Number,
  enums: String,
  defaults: true,
});
const service = loaded["coalmine.v1.AnalysisService"];

function methodOf(name: Name) {
  const method = service === undefined || "format" in service ? undefined : service[name];
  if (method === undefined) throw new TypeError(`no method ${name}`);
  return method;
}

/** As a client sends it. */
export function encodeRequest(name: Name, request: Given): Buffer {
  return methodOf(name).requestSerialize(request);
}

/** As a client reads it. */
export function decodeAnswer<N extends Name>(name: N, bytes: Buffer): AnalysisService[N]["response"] {
  // proto-loader knows no types; both come of the same files.
  return methodOf(name).responseDeserialize(bytes) as AnalysisService[N]["response"];
}

/** Closed after the test. */
export function clientOf(
  address: string,
  channel: ChannelCredentials = credentials.createInsecure(),
): TestClient {
  if (service === undefined || "format" in service) throw new TypeError("no service");
  const Client = makeGenericClientConstructor(service, "AnalysisService");
  const client = new Client(address, channel);
  onTestFinished(() => client.close());

  function unary(name: Name, request: Given | Buffer, options: CallOptions = {}) {
    const { path, requestSerialize, responseDeserialize } = methodOf(name);
    const { promise, resolve, reject } = Promise.withResolvers<object | undefined>();
    const serialize = (given: object) => (Buffer.isBuffer(given) ? given : requestSerialize(given));
    const done = (error: ServiceError | null, message?: object) => (error ? reject(error) : resolve(message));
    const call = client.makeUnaryRequest(
      path,
      serialize,
      responseDeserialize,
      request,
      metadataOf(options),
      callOptionsOf(options),
      done,
    );
    return { call, promise };
  }

  return {
    async ask(name, request, options) {
      try {
        const message = await unary(name, request, options).promise;
        // proto-loader knows no types; both come of the same files.
        return { kind: "answer", message } as Answer<typeof name>;
      } catch (error) {
        return { kind: "failure", ...readFailure(error as ServiceError) };
      }
    },
    open(name, request, options) {
      const { call, promise } = unary(name, request, options);
      return { cancel: () => call.cancel(), ended: promise.catch(() => undefined) };
    },
    async send(name, bytes) {
      try {
        await unary(name, bytes).promise;
        return null;
      } catch (error) {
        return readFailure(error as ServiceError);
      }
    },
    watch(id, options = {}) {
      const { path, requestSerialize, responseDeserialize } = methodOf("Watch");
      const call: ClientReadableStream<object> = client.makeServerStreamRequest(
        path,
        requestSerialize,
        responseDeserialize,
        { id },
        metadataOf(options),
        callOptionsOf(options),
      );
      const messages: AnalysisService["Watch"]["response"][] = [];
      call.on("data", (message: AnalysisService["Watch"]["response"]) => messages.push(message));
      const { promise, resolve } = Promise.withResolvers<ReturnType<typeof readFailure> | null>();
      call.once("error", (error) => resolve(readFailure(error as ServiceError)));
      call.once("end", () => resolve(null));
      return {
        messages,
        ended: promise,
        pause: () => void call.pause(),
        resume: () => void call.resume(),
        cancel: () => call.cancel(),
      };
    },
  };
}

function metadataOf({ authorization }: CallOptions): Metadata {
  const metadata = new Metadata();
  if (authorization !== undefined) metadata.set("authorization", authorization);
  return metadata;
}

function callOptionsOf({ deadlineMs }: CallOptions) {
  return deadlineMs === undefined ? {} : { deadline: Date.now() + deadlineMs };
}

/** What was answered. @throws Error with what it failed by. */
export function answered<N extends Name>(answer: Answer<N>): AnalysisService[N]["response"] {
  if (answer.kind === "answer") return answer.message;
  throw new Error(`expected an answer, got ${JSON.stringify(answer)}`);
}
