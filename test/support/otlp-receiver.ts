/** A collector of OpenTelemetry's on 127.0.0.1 that takes traces as JSON over HTTP and remembers them. */
import type { IncomingHttpHeaders } from "node:http";
import { json } from "node:stream/consumers";
import * as z from "zod";
import { serveOnLoopback } from "./loopback-server.ts";

/** A span as it was received. */
export interface ReceivedSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for the first of a trace. */
  readonly parentSpanId: string;
  /** 2 server, 3 client, 5 consumer. */
  readonly kind: number;
  /** 2 is an error. */
  readonly status: number;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
}

export interface OtlpReceiver {
  readonly url: string;
  /** So far, in the order of their end. */
  readonly spans: readonly ReceivedSpan[];
  /** Attributes of the process, of the last request. */
  readonly resource: Readonly<Record<string, string | number | boolean>>;
  readonly headers: readonly IncomingHttpHeaders[];
  /** Everything that was sent, to be searched for what must not be in it. */
  readonly text: string;
  /** The status of every answer from here on. */
  answer(status: number): void;
  close(): Promise<void>;
}

/** OTLP's JSON writes a 64-bit integer as a string. */
const value = z.union([
  z.object({ stringValue: z.string() }).transform(({ stringValue }) => stringValue),
  z.object({ intValue: z.union([z.string(), z.number()]) }).transform(({ intValue }) => Number(intValue)),
  z.object({ doubleValue: z.number() }).transform(({ doubleValue }) => doubleValue),
  z.object({ boolValue: z.boolean() }).transform(({ boolValue }) => boolValue),
]);

const attributes = z
  .array(z.object({ key: z.string(), value }))
  .transform((entries) => Object.fromEntries(entries.map(({ key, value: held }) => [key, held])));

const exported = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes }),
      scopeSpans: z.array(
        z.object({
          spans: z.array(
            z
              .object({
                name: z.string(),
                traceId: z.string(),
                spanId: z.string(),
                parentSpanId: z.string().default(""),
                kind: z.number(),
                status: z.object({ code: z.number().default(0) }),
                attributes,
              })
              .transform((span): ReceivedSpan => ({ ...span, status: span.status.code })),
          ),
        }),
      ),
    }),
  ),
});

export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  const spans: ReceivedSpan[] = [];
  const headers: IncomingHttpHeaders[] = [];
  let resource: OtlpReceiver["resource"] = {};
  let text = "";
  let status = 200;
  const server = await serveOnLoopback(async (request, response) => {
    const body: unknown = await json(request);
    headers.push(request.headers);
    text += JSON.stringify(body);
    if (status === 200 && request.url === "/v1/traces") {
      for (const group of exported.parse(body).resourceSpans) {
        resource = group.resource.attributes;
        spans.push(...group.scopeSpans.flatMap((scope) => scope.spans));
      }
    }
    response.writeHead(status, { "content-type": "application/json" }).end("{}");
  });
  return {
    url: server.url,
    spans,
    headers,
    get resource() {
      return resource;
    },
    get text() {
      return text;
    },
    answer: (next) => {
      status = next;
    },
    close: () => server.close(),
  };
}
