/** Loaded with the gRPC server only. */
import {
  type Metadata,
  ServerInterceptingCall,
  type ServerInterceptor,
  ServerListenerBuilder,
  status,
} from "@grpc/grpc-js";
import { SpanKind, SpanStatusCode } from "@opentelemetry/api";
import type { Ambient } from "./ambient.ts";
import type { Carrier, Tracing } from "./tracing.ts";

/** What a server is at fault for, as OpenTelemetry's conventions for gRPC list it. */
const faults: ReadonlySet<status> = new Set([
  status.UNKNOWN,
  status.DEADLINE_EXCEEDED,
  status.UNIMPLEMENTED,
  status.INTERNAL,
  status.UNAVAILABLE,
  status.DATA_LOSS,
]);

/** An interceptor that makes each call a span; it goes on the trace of the `traceparent` in its metadata. */
export function tracedCalls(tracing: Tracing, ambient: Ambient): ServerInterceptor {
  return ({ path }, call) => {
    if (!tracing.isOn) return new ServerInterceptingCall(call);
    const name = path.replace(/^\//, "");
    let within = (work: () => void) => work();
    let end = (_code: status): void => undefined;
    return new ServerInterceptingCall(call, {
      start(next) {
        // The metadata has the parent, so the span begins with it.
        const listener = new ServerListenerBuilder();
        listener.withOnReceiveMetadata((metadata, pass) => {
          const start = {
            name,
            kind: SpanKind.SERVER,
            attributes: attributesOf(name),
            from: carrierOf(metadata),
          };
          tracing.begin(start, (span) => {
            const { context } = ambient;
            within = (work) => ambient.within(context, work);
            end = (code) => {
              end = () => undefined;
              span.setAttribute("rpc.response.status_code", status[code]);
              if (faults.has(code)) span.setStatus({ code: SpanStatusCode.ERROR });
              span.end();
            };
            pass(metadata);
          });
        });
        listener.withOnReceiveMessage((message, pass) => within(() => pass(message)));
        listener.withOnReceiveHalfClose((pass) => within(() => pass()));
        listener.withOnCancel(() => end(status.CANCELLED));
        next(listener.build());
      },
      sendStatus(told, next) {
        end(told.code);
        next(told);
      },
    });
  };
}

function attributesOf(name: string) {
  return { "rpc.system.name": "grpc", "rpc.method": name };
}

/** Of the metadata only what says which trace it belongs to. */
function carrierOf(metadata: Metadata): Carrier {
  const first = (key: string) => metadata.get(key).find((value) => typeof value === "string");
  return { traceparent: first("traceparent"), tracestate: first("tracestate") };
}
