import { takeOverProcess } from "../take-over-process.ts";
import type { GrpcPluginOptions } from "./grpc-plugin-options.ts";
import { keepOutput } from "./keep-output.ts";
import { PrintedOutput } from "./printed-output.ts";

/**
 * Takes over the process and serves its plugins over gRPC until the host says
 * so, stays away or dies (see `takeOverProcess`). A host that has closed its last
 * connection may come back for as long as one that never connected.
 *
 * From the call on, standard output is the host's, which gets what is printed as
 * a stream (see `keepOutput`): call it before anything is printed.
 *
 * @grpc/grpc-js and @grpc/proto-loader are loaded here, and by nothing else of
 * this folder. TLS between host and plugin (AutoMTLS) is not spoken: a host that
 * wants it is refused.
 */
export function serveGrpcPlugin(options: GrpcPluginOptions): Promise<never> {
  const output = new PrintedOutput();
  return takeOverProcess(options, {
    protocol: "grpc",
    versions: Object.keys(options.versions).map(Number),
    print: keepOutput(process, output),
    async open(version, multiplexes) {
      const { createGrpcHost } = await import("./grpc-host.ts");
      return createGrpcHost({ ...options, services: options.versions[version] ?? [], output, multiplexes });
    },
  });
}
