/** The part of a server's stream that is needed to end it; those of @grpc/grpc-js have this shape. */
interface EndableStream {
  end(): unknown;
  on(event: "error" | "cancelled" | "close", listener: () => void): unknown;
}

/** Ends the stream as OK when `closing` aborts; errors of a stream whose host is gone are nobody's. */
export function endWith(closing: AbortSignal, stream: EndableStream): void {
  const end = (): void => void stream.end();
  const forget = (): void => closing.removeEventListener("abort", end);
  closing.addEventListener("abort", end);
  if (closing.aborted) end();
  stream.on("error", forget);
  stream.on("cancelled", forget);
  stream.on("close", forget);
}
