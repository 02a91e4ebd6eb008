/** A process that serves one analysis over gRPC and over HTTP, and says where: for bench-grpc.ts. */
import { Registry } from "prom-client";
import { createGrpcServer } from "../../../src/adapters/grpc/grpc-server.ts";
import { createHttpApp } from "../../../src/adapters/http/http-app.ts";
import { listen } from "../../../src/adapters/http/listen.ts";
import { createRestApi } from "../../../src/adapters/rest/rest-api.ts";
import { createAnalyses } from "../../../src/analysis/analyses.ts";
import { createGates } from "../../../src/analysis/gates/create-gates.ts";
import { parseSpec } from "../../../src/analysis/spec/parse-spec.ts";
import { systemClock } from "../../../src/app/system-clock.ts";
import { noAccessControl } from "../../../src/base/access.ts";
import { createMemoryAudit } from "../../../src/store/memory/memory-audit.ts";
import { createMemoryGateStore } from "../../../src/store/memory/memory-gate-store.ts";
import { createMemoryStore } from "../../../src/store/memory/memory-store.ts";
import { immediateQueue } from "../../../test/support/immediate-queue.ts";
import { quietLogger } from "../../../test/support/quiet-logger.ts";
import { specDocument } from "../../../test/support/sample-record.ts";
import { scriptedRuns } from "../../../test/support/scripted-runs.ts";

const logger = quietLogger();
const source = { name: "default", read: async () => ({ series: [], warnings: [] }) };
const analyses = createAnalyses({
  store: createMemoryStore({ maxRecords: 10 }),
  queue: immediateQueue(systemClock),
  sources: new Map([["default", { source, ingestionDelayMs: 0 }]]),
  clock: systemClock,
  newId: () => "bench",
  logger,
  runs: scriptedRuns((run) => run.look()).runs,
});
await analyses.resume();
await analyses.start(parseSpec(specDocument));

const metrics = new Registry();
const isDraining = () => false;
const access = noAccessControl;
const grpc = await createGrpcServer({ analyses, access, logger, metrics, isDraining });
const port = await grpc.listen({ host: "127.0.0.1", port: 0 });

const gates = createGates({ store: createMemoryGateStore(), clock: systemClock });
const checkStore = async () => undefined;
const audit = createMemoryAudit();
const parts = { analyses, gates, audit, access, version: "bench", isDraining, metrics, checkStore };
const rest = createRestApi(parts);
const { url } = await listen(createHttpApp({ handlers: [rest], logger }), { host: "127.0.0.1", port: 0 });

console.log(JSON.stringify({ address: `127.0.0.1:${port}`, url: `${url}/v1/analyses/bench` }));
