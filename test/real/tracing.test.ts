/** Traces of the server as a process: what a collector gets of requests, calls, looks and queries, and how the server does without it. */
import { connect as connectTo, createServer } from "node:net";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { writeStruct } from "../../src/adapters/grpc/struct.ts";
import { askGrpc } from "../support/ask-grpc.ts";
import { type FakePrometheus, startFakePrometheus } from "../support/fake-prometheus.ts";
import { type OtlpReceiver, type ReceivedSpan, startOtlpReceiver } from "../support/otlp-receiver.ts";
import { specDocument } from "../support/sample-record.ts";
import { type CoalmineServer, startCoalmineServer } from "./coalmine-server.ts";
import { usePostgres } from "./store/use-postgres.ts";

const postgres = usePostgres();

const callersToken = "hunter2-of-the-caller";
const sourcesToken = "hunter2-of-the-source";
const collectorsToken = "hunter2-of-the-collector";
const ofTenants = "hunter2-of-a-tenant";

/** Looks every second, at series that are not there: what is found is no matter here. */
const spec = {
  ...specDocument,
  cohorts: { canary: { version: ofTenants }, baseline: { version: "v1" } },
  ...{ duration: "5m", interval: "1s", tick: "3s" },
};

const patiently = { timeout: 60_000, interval: 200 };

interface Caller {
  readonly traceId: string;
  readonly spanId: string;
}

const ofHttp: Caller = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331" };
const ofGrpc: Caller = { traceId: "4bf92f3577b34da6a3ce929d0e0e4736", spanId: "00f067aa0ba902b7" };
const traceparentOf = ({ traceId, spanId }: Caller) => `00-${traceId}-${spanId}-01`;

describe.each([
  ["SQLite", async (): Promise<Readonly<Record<string, string>>> => ({})],
  ["PostgreSQL", async () => ({ DATABASE_URL: (await postgres.empty()).url })],
])("traces of a server with %s", (_, environment) => {
  let prometheus: FakePrometheus;
  let receiver: OtlpReceiver;
  let server: CoalmineServer;
  let analysis = "";
  const known = () => receiver.spans;

  beforeAll(async () => {
    prometheus = await startFakePrometheus();
    receiver = await startOtlpReceiver();
    const access = { tokens: [{ name: "ci", token: callersToken, namespaces: ["*"] }] };
    const auth = { kind: "bearer", token: sourcesToken };
    const source = { kind: "prometheus", url: prometheus.url, ingestionDelay: "0s", auth };
    server = await startCoalmineServer(
      { access, sources: { default: source }, grpc: { port: 0, plaintextTokens: true } },
      {
        ...(await environment()),
        OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
        OTEL_EXPORTER_OTLP_HEADERS: `authorization=Bearer ${collectorsToken}`,
      },
    );
    analysis = await startByHttp(server.url);
    await startByGrpc(await grpcOf(server));
    await vi.waitUntil(() => looksOf(known(), analysis).length > 1, patiently);
    // What is left is sent before the process ends.
    await server.stop();
  });

  afterAll(async () => {
    await server?.close();
    await receiver?.close();
    await prometheus?.close();
  });

  it("go on with the trace of a request, down to the queries to Prometheus", () => {
    const served = only(known(), ofHttp, "PUT /v1/analyses/:id");
    expect(served).toMatchObject({ kind: 2, parentSpanId: ofHttp.spanId, status: 0 });
    expectQueries(known(), served, prometheus);
  });

  it("go on with the trace of a call over gRPC, down to the queries to Prometheus", () => {
    const served = only(known(), ofGrpc, "coalmine.v1.AnalysisService/Start");
    expect(served).toMatchObject({ kind: 2, parentSpanId: ofGrpc.spanId, status: 0 });
    expectQueries(known(), served, prometheus);
  });

  it("have one of its own for each look that the queue calls for, down to the queries to Prometheus", () => {
    const looks = known().filter(({ name }) => name === "look");
    const ours = looksOf(looks, analysis);
    expect(ours.length).toBeGreaterThan(1);
    expect(new Set(looks.map(({ traceId }) => traceId)).size).toBe(looks.length);
    const [look] = ours;
    if (look === undefined) throw new Error("no look");
    expect(look).toMatchObject({ kind: 5, parentSpanId: "" });
    expect(look.attributes).toMatchObject({ "coalmine.service": "checkout", "coalmine.phase": "running" });
    expectQueries(known(), look, prometheus);
  });

  it("hold no secret and nothing that a tenant wrote into a selector, and the collector has its token", () => {
    expect(receiver.headers[0]).toMatchObject({ authorization: `Bearer ${collectorsToken}` });
    expect(prometheus.requests[0]?.headers).toMatchObject({ authorization: `Bearer ${sourcesToken}` });
    expect(receiver.text).toContain('"read samples"');
    expect(receiver.text).not.toContain("hunter2");
    const { password } = postgres.server();
    for (const secret of [password, encodeURIComponent(password)])
      expect(receiver.text).not.toContain(secret);
    expect(server.log()).not.toContain("hunter2");
  });

  it("stand beside the lines of the log that were written within", () => {
    const lines = linesOf(server);
    const started = lines.filter(({ msg }) => msg === "an analysis started");
    expect(started.map(({ trace_id }) => trace_id)).toEqual([ofHttp.traceId, ofGrpc.traceId]);
  });
});

it("serves without its collector, and says once that it is away and once that it is back", async () => {
  const receiver = await startOtlpReceiver();
  onTestFinished(() => receiver.close());
  const way = await openWay(Number(new URL(receiver.url).port));
  onTestFinished(() => way.close());
  const server = await startCoalmineServer(
    {},
    { OTEL_EXPORTER_OTLP_ENDPOINT: way.url, OTEL_EXPORTER_OTLP_TIMEOUT: "300" },
  );
  onTestFinished(() => server.close());
  /** It answers all along. */
  const askUntil = (isSo: () => boolean) =>
    vi.waitUntil(async () => {
      expect((await fetch(`${server.url}/v1/analyses`)).status).toBe(200);
      return isSo();
    }, patiently);
  const told = () => linesOf(server).filter(({ msg }) => /traces (cannot be|are) sent/.test(String(msg)));
  await askUntil(() => told().length === 1);
  const { refused } = way;
  // Batches of spans, one every five seconds.
  await askUntil(() => way.refused > refused + 1);
  expect(told()).toMatchObject([{ level: 40 }]);
  way.open();
  await askUntil(() => told().length === 2);
  expect(told()).toMatchObject([{ level: 40 }, { level: 30, msg: "traces are sent again" }]);
  expect(receiver.spans.map(({ name }) => name)).toContain("GET /v1/analyses");
});

async function startByHttp(url: string): Promise<string> {
  const headers = {
    authorization: `Bearer ${callersToken}`,
    "content-type": "application/json",
    traceparent: traceparentOf(ofHttp),
  };
  const body = JSON.stringify(spec);
  const answer = await fetch(`${url}/v1/analyses/of-http?by=${ofTenants}`, { method: "PUT", headers, body });
  expect(answer.status).toBe(201);
  return Object(await answer.json()).id;
}

async function startByGrpc(address: string): Promise<void> {
  const headers = { authorization: `Bearer ${callersToken}`, traceparent: traceparentOf(ofGrpc) };
  const { created } = await askGrpc(address, "Start", { spec: writeStruct(spec), key: "of-grpc" }, headers);
  expect(created).toBe(true);
}

/** It is ready a moment before it tells where it listens. */
async function grpcOf(server: CoalmineServer): Promise<string> {
  const listening = () => linesOf(server).find(({ msg }) => msg === "listening");
  return String((await vi.waitUntil(listening, patiently))["grpc"]);
}

function linesOf(server: CoalmineServer): readonly Readonly<Record<string, unknown>>[] {
  // The last one may not have come to its end yet.
  const lines = server.log().split("\n").slice(0, -1);
  return lines.map((line) => Object(JSON.parse(line)));
}

function looksOf(spans: readonly ReceivedSpan[], analysis: string): readonly ReceivedSpan[] {
  return spans.filter(
    ({ name, attributes }) => name === "look" && attributes["coalmine.analysis.id"] === analysis,
  );
}

function only(spans: readonly ReceivedSpan[], { traceId }: Caller, name: string): ReceivedSpan {
  const [span, ...others] = spans.filter((one) => one.traceId === traceId && one.name === name);
  expect(others).toEqual([]);
  if (span === undefined) throw new Error(`no span ${name}: ${spans.map((one) => one.name).join(", ")}`);
  return span;
}

/** Reads of the source are children of the span, and Prometheus was told of each. */
function expectQueries(
  spans: readonly ReceivedSpan[],
  parent: ReceivedSpan,
  prometheus: FakePrometheus,
): void {
  const reads = spans.filter(({ parentSpanId }) => parentSpanId === parent.spanId);
  expect(reads.length).toBeGreaterThan(0);
  const sent = new Set(prometheus.requests.map(({ headers }) => headers["traceparent"]));
  for (const read of reads) {
    expect(read).toMatchObject({ name: "read samples", kind: 3, traceId: parent.traceId });
    expect(read.attributes).toMatchObject({ "coalmine.source": "default" });
    expect(sent).toContain(traceparentOf(read));
  }
}

/** A way to a port of this machine, closed at first: whoever takes it is turned back. */
async function openWay(to: number) {
  let isOpen = false;
  let refused = 0;
  const sockets = new Set<{ destroy(): void }>();
  const server = createServer((socket) => {
    if (!isOpen) refused += 1;
    if (!isOpen) return void socket.destroy();
    const onward = connectTo(to, "127.0.0.1");
    for (const end of [socket, onward]) {
      sockets.add(end);
      end.on("error", () => undefined);
    }
    socket.pipe(onward).pipe(socket);
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("a TCP address was wanted");
  return {
    url: `http://127.0.0.1:${address.port}`,
    get refused() {
      return refused;
    },
    open() {
      isOpen = true;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => void server.close(() => resolve()));
    },
  };
}
