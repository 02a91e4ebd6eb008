/** The server's ports with a span around each call. */
import { ROOT_CONTEXT, SpanKind } from "@opentelemetry/api";
import type { TakeLook } from "../../analysis/live/look-queue.ts";
import type { AnalysisObserver } from "../../analysis/live/observer.ts";
import type { SampleSource } from "../../analysis/ports.ts";
import { mapSources, type Sources } from "../sources/map-sources.ts";
import { type Ambient, aboutAnalysis } from "./ambient.ts";
import type { Tracing } from "./tracing.ts";

/**
 * The same looks: a trace each, whatever went on when the timer for it was set,
 * and what is logged within has the analysis' id.
 */
export function tracedLooks(take: TakeLook, tracing: Tracing, ambient: Ambient): TakeLook {
  return (id, isRetry, signal) =>
    ambient.within(aboutAnalysis(ROOT_CONTEXT, id), () =>
      tracing.span(
        {
          name: "look",
          kind: SpanKind.CONSUMER,
          attributes: { "coalmine.analysis.id": id, "coalmine.look.is_retry": isRetry },
        },
        () => take(id, isRetry, signal),
      ),
    );
}

/** The same sources: a span a read, its retries included. */
export function tracedSources(sources: Sources, tracing: Tracing): Sources {
  if (!tracing.isOn) return sources;
  return mapSources(sources, (source) => tracedSource(source, tracing));
}

function tracedSource(source: SampleSource, tracing: Tracing): SampleSource {
  return {
    name: source.name,
    read(selector, window, signal) {
      const attributes = {
        "coalmine.source": source.name,
        // Of the series, and not the query: its matchers hold what tenants wrote.
        "coalmine.series": selector.metric,
        "coalmine.window.seconds": (window.to - window.from) / 1_000,
      };
      return tracing.span({ name: "read samples", kind: SpanKind.CLIENT, attributes }, async (span) => {
        const answer = await source.read(selector, window, signal);
        span.setAttribute("coalmine.series.count", answer.series.length);
        return answer;
      });
    },
  };
}

/** The same observer; the span of a look has what it found. */
export function tracedObserver(observer: AnalysisObserver, tracing: Tracing): AnalysisObserver {
  return {
    started: (result) => observer.started(result),
    looked(result, timing) {
      observer.looked(result, timing);
      tracing.annotate({
        "coalmine.service": result.service,
        "coalmine.namespace": result.namespace,
        "coalmine.phase": result.phase,
        "coalmine.verdict": result.verdict ?? "none",
        "coalmine.reason_code": result.reason.code,
      });
    },
    ended: (result) => observer.ended(result),
  };
}
