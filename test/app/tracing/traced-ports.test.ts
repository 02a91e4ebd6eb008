import { SpanKind } from "@opentelemetry/api";
import { expect, it, vi } from "vitest";
import { type AnalysisObserver, noObserver } from "../../../src/analysis/live/observer.ts";
import { createAmbient } from "../../../src/app/tracing/ambient.ts";
import { tracedLooks, tracedObserver, tracedSources } from "../../../src/app/tracing/traced-ports.ts";
import { noTracing } from "../../../src/app/tracing/tracing.ts";
import { recordOf } from "../../support/sample-record.ts";
import { stageTracing } from "./stage.ts";

const never = new AbortController().signal;
const selector = { metric: "up", matchers: [{ label: "tenant", op: "=" as const, value: "geheim" }] };

it("makes each look a trace of its own, with a span for each read of a source", async () => {
  const { tracing, ambient, receiver, received } = await stageTracing();
  const read = async () => ({ series: [], warnings: [] });
  const sources = tracedSources(
    new Map([["eu", { source: { name: "eu", read }, ingestionDelayMs: 5 }]]),
    tracing,
  );
  const entry = sources.get("eu");
  expect(entry?.ingestionDelayMs).toBe(5);
  const take = tracedLooks(
    async () => void (await entry?.source.read(selector, { from: 0, to: 60_000 }, never)),
    tracing,
    ambient,
  );
  await take("a", false, never);
  // As where a request sets the timer that calls for it.
  await tracing.span({ name: "request", kind: SpanKind.SERVER }, () => take("b", true, never));
  const spans = await received();
  const looks = spans.filter(({ name }) => name === "look");
  expect(looks).toMatchObject([
    {
      kind: 5,
      parentSpanId: "",
      attributes: { "coalmine.analysis.id": "a", "coalmine.look.is_retry": false },
    },
    {
      kind: 5,
      parentSpanId: "",
      attributes: { "coalmine.analysis.id": "b", "coalmine.look.is_retry": true },
    },
  ]);
  expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(3);
  expect(spans.filter(({ name }) => name === "read samples")).toMatchObject(
    looks.map(({ traceId, spanId }) => ({
      kind: 3,
      traceId,
      parentSpanId: spanId,
      attributes: { "coalmine.source": "eu", "coalmine.series": "up", "coalmine.window.seconds": 60 },
    })),
  );
  expect(receiver.text).not.toContain("geheim");
});

it("writes into a look's span what it found", async () => {
  const { tracing, ambient, received } = await stageTracing();
  const { result } = recordOf("a");
  const timing = { lagMs: 1, tookMs: 2 };
  const looked = vi.fn<AnalysisObserver["looked"]>();
  const observer = tracedObserver({ ...noObserver, looked }, tracing);
  await tracedLooks(async () => observer.looked(result, timing), tracing, ambient)("a", false, never);
  expect(looked.mock.calls).toEqual([[result, timing]]);
  const [span] = await received();
  expect(span?.attributes).toMatchObject({
    "coalmine.service": "checkout",
    "coalmine.namespace": "shop",
    "coalmine.verdict": "none",
    "coalmine.reason_code": result.reason.code,
  });
});

it("gives every line that is logged within a look its analysis, and its trace where there is one", async () => {
  const { tracing, ambient, received } = await stageTracing();
  const lines: unknown[] = [];
  const log = async () => void lines.push(ambient.logFields());
  await tracedLooks(log, tracing, ambient)("a", false, never);
  const [look] = await received();
  expect(lines).toEqual([{ analysis: "a", trace_id: look?.traceId, span_id: look?.spanId }]);
});

it("gives lines their analysis without tracing, too, and outside of a look nothing", async () => {
  const ambient = createAmbient();
  const lines: unknown[] = [];
  const log = async () => void lines.push(ambient.logFields());
  await tracedLooks(log, noTracing, ambient)("a", false, never);
  await log();
  expect(lines).toEqual([{ analysis: "a" }, {}]);
});
