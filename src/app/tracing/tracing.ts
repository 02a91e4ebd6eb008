import {
  type Attributes,
  defaultTextMapGetter,
  defaultTextMapSetter,
  INVALID_SPAN_CONTEXT,
  ROOT_CONTEXT,
  type Span,
  type SpanKind,
  SpanStatusCode,
  type TextMapPropagator,
  type Tracer,
  trace,
} from "@opentelemetry/api";
import { CoalmineError } from "../../base/errors.ts";
import type { Ambient } from "./ambient.ts";

/** A span to be begun. */
export interface SpanStart {
  /** Of few values: ids belong into attributes. */
  readonly name: string;
  readonly kind: SpanKind;
  readonly attributes?: Attributes;
  /** The headers of a request from outside, whose `traceparent` it goes on; without, it is part of what is under way. */
  readonly from?: Carrier;
}

/** Headers or metadata by lower-case name. */
export type Carrier = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Writes down what the server does, as spans. */
export interface Tracing {
  readonly isOn: boolean;
  /** Runs the work as a span that ends with it; what it throws goes on, and is written down by its code. */
  span<T>(start: SpanStart, work: (span: Span) => Promise<T>): Promise<T>;
  /** Begins a span that ends by an event, and runs the work in it. */
  begin(start: SpanStart, work: (span: Span) => void): void;
  /** What a request to elsewhere takes along, so that its spans join this trace; nothing outside of one. */
  headers(): Readonly<Record<string, string>>;
  /** Adds to the span under way. */
  annotate(attributes: Attributes): void;
  /** Sends what is left, two seconds at most. */
  close(): Promise<void>;
}

const noSpan = trace.wrapSpanContext(INVALID_SPAN_CONTEXT);

/** No spans, at no cost. */
export const noTracing: Tracing = {
  isOn: false,
  span: (_start, work) => work(noSpan),
  begin: (_start, work) => work(noSpan),
  headers: () => ({}),
  annotate: () => undefined,
  close: async () => undefined,
};

export interface TracingOptions {
  readonly tracer: Tracer;
  readonly propagator: TextMapPropagator;
  readonly ambient: Ambient;
  readonly close: () => Promise<void>;
}

export function createTracing({ tracer, propagator, ambient, close }: TracingOptions): Tracing {
  function begin<T>({ name, kind, attributes = {}, from }: SpanStart, work: (span: Span) => T): T {
    const parent =
      from === undefined ? ambient.context : propagator.extract(ROOT_CONTEXT, from, defaultTextMapGetter);
    const span = tracer.startSpan(name, { kind, attributes }, parent);
    return ambient.within(trace.setSpan(parent, span), () => work(span));
  }
  return {
    isOn: true,
    span: (start, work) =>
      begin(start, async (span) => {
        try {
          return await work(span);
        } catch (error) {
          fail(span, error);
          throw error;
        } finally {
          span.end();
        }
      }),
    begin,
    headers() {
      const headers: Record<string, string> = {};
      propagator.inject(ambient.context, headers, defaultTextMapSetter);
      return headers;
    },
    annotate: (attributes) => void trace.getSpan(ambient.context)?.setAttributes(attributes),
    close,
  };
}

/** The code, and not the message: that may quote what somebody sent. */
function fail(span: Span, error: unknown): void {
  const { code } = CoalmineError.from(error);
  span.setAttribute("error.type", code);
  span.setStatus({ code: SpanStatusCode.ERROR });
}
