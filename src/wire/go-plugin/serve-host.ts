import { asksForMultiplexing, handshakeLine, negotiateVersion, type PluginProtocol } from "./handshake.ts";
import type { HostServer } from "./host-server.ts";
import { listen } from "./listen.ts";
import type { ProcessOptions } from "./plugin-options.ts";
import { parentEnded } from "./watch-parent.ts";

/** What is served, and how. */
export interface ServedProtocol {
  readonly protocol: PluginProtocol;
  /** Protocol versions that the plugin has. */
  readonly versions: readonly number[];
  /** Writes to the real standard output. */
  readonly print: (text: string) => void;
  /** Makes ready to serve a host, in the version that both know. */
  readonly open: (version: number, multiplexes: boolean) => Promise<HostServer>;
}

/** How soon a plugin notices that its host was killed before it connected. */
const parentIntervalMs = 1_000;

/**
 * Listens, tells the host where, and serves it; resolves when the process may
 * end. It listens to the process's signals for good: it is the process's main
 * and only business.
 *
 * @throws CoalmineError as `negotiateVersion` and `listen` do.
 */
export async function serveHost(options: ProcessOptions, served: ServedProtocol): Promise<void> {
  const { clock, logger, network = "unix", connectTimeoutMs = 60_000, graceMs = 1_000 } = options;
  const { protocol } = served;
  const version = negotiateVersion(served.versions, process.env["PLUGIN_PROTOCOL_VERSIONS"]);
  const multiplexes = protocol === "grpc" && asksForMultiplexing(process.env["PLUGIN_MULTIPLEX_GRPC"]);
  const over = new AbortController();
  // From the first moment on: to make ready may take longer than the host lives.
  const orphaned = parentEnded({
    parentId: () => process.ppid,
    clock,
    intervalMs: parentIntervalMs,
    signal: over.signal,
  });
  const host = await served.open(version, multiplexes);
  const wait = (ms: number, signal: AbortSignal): Promise<void> => clock.until(clock.now() + ms, signal);
  const ignore = (): void => {};

  const listener = await listen(network, process.env, (socket) => host.add(socket));
  process.once("exit", () => listener.close());
  process.on("SIGINT", ignore).once("SIGTERM", () => host.end("SIGTERM"));
  orphaned.then(() => host.end("the host's process ended"), ignore);
  if (connectTimeoutMs !== null) {
    const signal = AbortSignal.any([host.connected, over.signal]);
    wait(connectTimeoutMs, signal).then(() => host.end("no host connected"), ignore);
  }

  served.print(handshakeLine({ version, address: listener, protocol, multiplexes }));
  const ending = await host.ending;
  over.abort();
  logger.info({}, `go-plugin: the plugin ends: ${ending}`);
  listener.close();
  // A host that said quit reads the answer, then closes its connection by itself.
  if (ending !== "the host said quit") host.close();
  await Promise.race([host.settled(), wait(graceMs, new AbortController().signal)]);
}
