/** OpenTelemetry's SDK; loaded only where traces are wanted. */
import { setTimeout as sleep } from "node:timers/promises";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { detectResources, envDetector, resourceFromAttributes } from "@opentelemetry/resources";
import { BatchSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { samplerOf } from "./sampler.ts";
import { toldExporter } from "./told-exporter.ts";
import { createTracing, type Tracing } from "./tracing.ts";
import type { StartTracingOptions } from "./tracing-options.ts";

/** The last spans are not worth a stop that takes longer. */
const flushMs = 2_000;

/** Long texts are cut: an attribute is to find a span by. */
const longestAttribute = 512;

/**
 * Spans go out in batches over HTTP, as JSON; where to, and with which headers
 * and certificates, the exporter reads of the environment. Of what callers send
 * along only the trace's context is taken, no baggage.
 */
export function openTracing({ environment, ambient, logger, version }: StartTracingOptions): Tracing {
  const exporter = toldExporter(new OTLPTraceExporter(), logger);
  const named = resourceFromAttributes({ "service.name": "coalmine", "service.version": version });
  const provider = new TracerProvider({
    // What the environment says of the process stands above.
    resource: named.merge(detectResources({ detectors: [envDetector] })),
    sampler: samplerOf(environment),
    spanLimits: { attributeValueLengthLimit: longestAttribute },
    spanProcessors: [new BatchSpanProcessor({ exporter })],
  });
  return createTracing({
    tracer: provider.getTracer("coalmine", version),
    propagator: new W3CTraceContextPropagator(),
    ambient,
    async close() {
      const waiting = new AbortController();
      const enough = sleep(flushMs, undefined, { signal: waiting.signal }).catch(() => undefined);
      await Promise.race([provider.shutdown().catch(() => undefined), enough]);
      waiting.abort();
    },
  });
}
