import { SpanKind } from "@opentelemetry/api";
import { expect, it, onTestFinished } from "vitest";
import { systemClock } from "../../../src/app/system-clock.ts";
import { prometheusSourceSettings } from "../../../src/sources/prometheus/prometheus-settings.ts";
import { createPrometheusSource } from "../../../src/sources/prometheus/prometheus-source.ts";
import { apiError, startFakePrometheus } from "../../support/fake-prometheus.ts";
import { stageTracing } from "./stage.ts";

it("gives every request to Prometheus, retries too, the traceparent of what it is for", async () => {
  const fake = await startFakePrometheus();
  const { tracing, received } = await stageTracing();
  let retries = 0;
  const source = createPrometheusSource({
    name: "default",
    settings: prometheusSourceSettings.parse({ url: fake.url }),
    clock: { ...systemClock, until: () => Promise.resolve() },
    random: () => 0,
    traceHeaders: () => tracing.headers(),
    onRetry: () => void retries++,
  });
  onTestFinished(async () => {
    await source.close();
    await fake.close();
  });
  fake.next(apiError(503, "timeout", "too much to do"));
  const never = new AbortController().signal;
  const read = () => source.read({ metric: "up", matchers: [] }, { from: 0, to: 60_000 }, never);
  await tracing.span({ name: "work", kind: SpanKind.INTERNAL }, read);
  const [span] = await received();
  const traceparent = `00-${span?.traceId}-${span?.spanId}-01`;
  expect(fake.requests.map(({ headers }) => headers["traceparent"])).toEqual([traceparent, traceparent]);
  expect(retries).toBe(1);
});
