import { AsyncLocalStorage } from "node:async_hooks";
import { type Context, createContextKey, isSpanContextValid, ROOT_CONTEXT, trace } from "@opentelemetry/api";

/** What the code that runs now is about: the span under way, and the analysis whose look is taken. */
export interface Ambient {
  readonly context: Context;
  /** Runs the work, and all that it waits for, in another context. */
  within<T>(context: Context, work: () => T): T;
  /** Fields for a line of the log: `analysis`, and within a trace `trace_id` and `span_id`. */
  logFields(): Readonly<Record<string, string>>;
}

const analysisKey = createContextKey("coalmine analysis");

/** The context of one analysis: every line that is logged within has its id. */
export function aboutAnalysis(context: Context, id: string): Context {
  return context.setValue(analysisKey, id);
}

/** Follows asynchronous work by Node's own means; no state of OpenTelemetry's that a process has only once. */
export function createAmbient(): Ambient {
  const storage = new AsyncLocalStorage<Context>();
  const current = () => storage.getStore() ?? ROOT_CONTEXT;
  return {
    get context() {
      return current();
    },
    within: (context, work) => storage.run(context, work),
    logFields() {
      const context = current();
      const analysis = context.getValue(analysisKey);
      const span = trace.getSpanContext(context);
      return {
        ...(typeof analysis === "string" ? { analysis } : {}),
        ...(span !== undefined && isSpanContextValid(span)
          ? { trace_id: span.traceId, span_id: span.spanId }
          : {}),
      };
    },
  };
}
