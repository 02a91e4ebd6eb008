import { Client, credentials, Metadata } from "@grpc/grpc-js";
import type { AnalysisService } from "../../src/adapters/grpc/messages.ts";
import { decodeAnswer, encodeRequest } from "../adapters/grpc/serve-grpc.ts";

/** One call over a connection of its own, without TLS. @throws what grpc-js says of a call that failed. */
export async function askGrpc<Name extends Exclude<keyof AnalysisService, "Watch">>(
  address: string,
  name: Name,
  request: Readonly<Record<string, unknown>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<AnalysisService[Name]["response"]> {
  const client = new Client(address, credentials.createInsecure());
  const metadata = new Metadata();
  for (const [header, value] of Object.entries(headers)) metadata.set(header, value);
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const asItIs = (bytes: Buffer) => bytes;
  const bytes = encodeRequest(name, request);
  client.makeUnaryRequest(
    `/coalmine.v1.AnalysisService/${name}`,
    asItIs,
    asItIs,
    bytes,
    metadata,
    (error, answer) => (error ? reject(error) : resolve(answer ?? Buffer.alloc(0))),
  );
  try {
    return decodeAnswer(name, await promise);
  } finally {
    client.close();
  }
}
