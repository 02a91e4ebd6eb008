import { once } from "node:events";
import type { Response } from "express";

/** One server-sent event (WHATWG HTML §9.2); `data` goes out as JSON, which is one line. */
export interface ServerSentEvent {
  readonly event: string;
  readonly data: unknown;
}

export interface EventStreamOptions {
  /** From one comment that keeps proxies from closing a quiet stream to the next. */
  readonly heartbeatMs: number;
  /** Aborted when the client is gone. */
  readonly gone: AbortSignal;
}

/**
 * Answers with events until there are no more or the client is gone. A client
 * that reads slowly is waited for, so the events must not pile up at their source.
 */
export async function sendEvents(
  response: Response,
  events: AsyncIterable<ServerSentEvent>,
  { heartbeatMs, gone }: EventStreamOptions,
): Promise<void> {
  response.status(200).set({
    "Content-Type": "text/event-stream; charset=utf-8",
    "Cache-Control": "no-store",
    // nginx would hold events back until its buffer is full.
    "X-Accel-Buffering": "no",
  });
  response.flushHeaders();
  if (response.req.method === "HEAD") {
    response.end();
    return;
  }
  const heartbeat = setInterval(() => response.write(": still here\n\n"), heartbeatMs);
  try {
    for await (const { event, data } of events) {
      const isFull = !response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
      if (isFull) await once(response, "drain", { signal: gone });
    }
  } catch (error) {
    if (!gone.aborted) throw error;
  } finally {
    clearInterval(heartbeat);
  }
  response.end();
}
