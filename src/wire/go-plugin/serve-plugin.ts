import { HostConnections } from "./host-connections.ts";
import type { PluginOptions } from "./plugin-options.ts";
import { reserveStdout } from "./reserve-stdout.ts";
import { takeOverProcess } from "./take-over-process.ts";

/**
 * Takes over the process and serves its plugins over net/rpc until the host says
 * so, closes its connection or dies (see `takeOverProcess`).
 *
 * From the call on, standard output is the host's (see `reserveStdout`): call it
 * before anything is printed.
 *
 * Nothing may hold the event loop for over 50 ms: all calls wait meanwhile, and
 * the host ends a connection whose ping stays unanswered for 10 s. Heavy work
 * belongs in a worker thread.
 *
 * TLS between host and plugin (AutoMTLS) is not spoken: a host that wants it is refused.
 */
export function servePlugin(options: PluginOptions): Promise<never> {
  return takeOverProcess(options, {
    protocol: "netrpc",
    versions: Object.keys(options.versions).map(Number),
    print: reserveStdout(process),
    open: async (version) => new HostConnections(options, options.versions[version] ?? {}),
  });
}
