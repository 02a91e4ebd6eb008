import { fileURLToPath } from "node:url";
import { load } from "@grpc/proto-loader";
import { packageFile } from "../../base/package-file.ts";
import type { AnalysisService } from "./messages.ts";

/** One method of the contract: where it is called, and its messages from and to bytes. */
export interface Method<Request, Response> {
  /** As HTTP/2 has it: `/coalmine.v1.AnalysisService/Get`. */
  readonly path: string;
  readonly streams: boolean;
  /** @throws Error if the bytes are no such message. */
  decode(bytes: Buffer): Request;
  encode(message: Response): Buffer;
}

/** The methods of AnalysisService. */
export type AnalysisMethods = {
  readonly [Name in keyof AnalysisService]: Method<
    AnalysisService[Name]["request"],
    AnalysisService[Name]["response"]
  >;
};

/** Under it are the services that ask who the caller is; probes and reflection are anybody's. */
export const guardedPath = "/coalmine.";

export const protoFolder = packageFile("proto/");

const options = { longs: Number, enums: String, defaults: true };

/** Reads the .proto files. */
export async function loadMethods(): Promise<AnalysisMethods> {
  const file = "coalmine/v1/analysis_service.proto";
  const loaded = await load(file, { ...options, includeDirs: [fileURLToPath(protoFolder)] });
  const service = loaded["coalmine.v1.AnalysisService"];
  // What a service holds it holds by the names of its methods; a message or an enum has a `format`.
  if (service === undefined || "format" in service) throw new TypeError(`${file} has no AnalysisService`);
  const methods = Object.entries(service).map(([name, method]) => [
    name,
    {
      path: method.path,
      streams: method.responseStream,
      decode: method.requestDeserialize,
      encode: method.responseSerialize,
    },
  ]);
  // proto-loader knows no types. messages.ts is written from the same files, which a test holds it to.
  return Object.fromEntries(methods) as AnalysisMethods;
}
