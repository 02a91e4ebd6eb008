import { mkdtempSync } from "node:fs";
import { buildArgoHost } from "../../../test/servers/build-argo-host.ts";
import { ours } from "./contestant.ts";
import { startArgoHost } from "../../../test/real/argo-host/argo-host.ts";
import { analysisRun } from "../../../test/real/argo-host/kubernetes-objects.ts";
import { startPrometheusStub } from "./prometheus-stub.ts";
const programs = await buildArgoHost("1.9.1", () => {});
const prometheus = await startPrometheusStub();
const c = await ours(mkdtempSync("/tmp/v-"), prometheus.url);
const extra = (process.env["FLAGS"] ?? "").split(" ").filter((x) => x !== "");
const host = await startArgoHost(programs, [{ kind: "metric", name: c.name, file: c.file, args: c.args.flatMap((a) => a.startsWith("--max-semi") ? [a, ...extra] : [a]) }]);
const began = new Date().toISOString();
const run = analysisRun("known", { creationTimestamp: began });
const asked = { metric: { name: "canary", ...c.metric }, analysisRun: { ...run, status: { ...run.status, startedAt: began } } };
for (let i = 0; i < 6; i++) {
  const { wallMs = 0 } = await host.tell("metric", { method: "Run", ...asked, calls: 2000, parallel: 16 });
  console.log(Math.round(2_000_000 / wallMs));
}
await host.tell("quit").catch(() => {});
await host.stop();
await prometheus.close();
