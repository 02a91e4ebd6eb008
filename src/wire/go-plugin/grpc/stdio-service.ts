import { once } from "node:events";
import type { ServerWritableStream } from "@grpc/grpc-js";
import { definitions, type StdioData } from "./definitions.ts";
import type { GrpcService } from "./grpc-plugin-options.ts";
import type { PrintedOutput } from "./printed-output.ts";

/** Streams to the host what the plugin prints; who asks last gets it. */
export function stdioService(output: PrintedOutput): GrpcService {
  const streamStdio = (call: ServerWritableStream<unknown, StdioData>): void => {
    call.on("error", () => {});
    void send(output, call).finally(() => call.end());
  };
  return { definition: definitions.stdio, implementation: { StreamStdio: streamStdio } };
}

const channels = { stdout: "STDOUT", stderr: "STDERR" } as const;

async function send(output: PrintedOutput, call: ServerWritableStream<unknown, StdioData>): Promise<void> {
  const gone = new AbortController();
  call.once("cancelled", () => gone.abort()).once("close", () => gone.abort());
  for await (const { channel, bytes } of output.read(gone.signal)) {
    if (call.write({ channel: channels[channel], data: bytes })) continue;
    await once(call, "drain", { signal: gone.signal }).catch(() => {});
  }
}
