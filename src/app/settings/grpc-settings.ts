/** What an operator can set about gRPC. */
import * as z from "zod";
import { flag, number } from "../../analysis/spec/scalar-schemas.ts";
import { section } from "../../analysis/spec/section.ts";

const file = z.string("expected the path of a file").min(1, "expected the path of a file");

/** `grpc` of the settings; without it nothing listens for gRPC. */
export const grpcSettings = section({
  host: z.string("expected a host").min(1, "expected a host").default("127.0.0.1"),
  port: number({ least: 0, most: 65_535, whole: true }).default(50_051),
  tls: section({
    /** PEM, with its chain. */
    certFile: file,
    keyFile: file,
    /** PEM of the authority whose certificates clients must have; without it they need none. */
    clientCaFile: file.optional(),
  }).optional(),
  /** Lets callers send tokens that can be read on the way: where a mesh encrypts what goes to this address. */
  plaintextTokens: flag.default(false),
  /** Of one message, both ways. Most clients take no answer over 4 MiB unless told otherwise. */
  maxMessageBytes: number({ least: 64 * 1024, most: 64 * 1024 * 1024, whole: true }).default(4 * 1024 * 1024),
});

export type GrpcSettings = z.output<typeof grpcSettings>;
