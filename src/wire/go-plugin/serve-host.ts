import { handshakeLine, negotiateVersion } from "./handshake.ts";
import { HostConnections } from "./host-connections.ts";
import { listen } from "./listen.ts";
import type { PluginOptions } from "./plugin-options.ts";
import { parentEnded } from "./watch-parent.ts";

/** How soon a plugin notices that its host was killed before it connected. */
const parentIntervalMs = 1_000;

/**
 * Listens, tells the host where, and serves it; resolves when the process may
 * end. It listens to the process's signals for good: it is the process's main
 * and only business.
 *
 * @param print Writes to the real standard output.
 * @throws CoalmineError as `negotiateVersion` and `listen` do.
 */
export async function serveHost(options: PluginOptions, print: (text: string) => void): Promise<void> {
  const { clock, logger, versions, network = "unix", connectTimeoutMs = 60_000, graceMs = 1_000 } = options;
  const offered = process.env["PLUGIN_PROTOCOL_VERSIONS"];
  const version = negotiateVersion(Object.keys(versions).map(Number), offered);
  const host = new HostConnections(options, versions[version] ?? {});
  const over = new AbortController();
  const wait = (ms: number, signal: AbortSignal): Promise<void> => clock.until(clock.now() + ms, signal);
  const ignore = (): void => {};

  const listener = await listen(network, process.env, (socket) => host.add(socket));
  process.once("exit", () => listener.close());
  process.on("SIGINT", ignore).once("SIGTERM", () => host.end("SIGTERM"));
  parentEnded({
    parentId: () => process.ppid,
    clock,
    intervalMs: parentIntervalMs,
    signal: over.signal,
  }).then(() => host.end("the host's process ended"), ignore);
  if (connectTimeoutMs !== null) {
    const signal = AbortSignal.any([host.connected, over.signal]);
    wait(connectTimeoutMs, signal).then(() => host.end("no host connected"), ignore);
  }

  print(handshakeLine(version, listener));
  const ending = await host.ending;
  over.abort();
  logger.info({}, `go-plugin: the plugin ends: ${ending}`);
  listener.close();
  // A host that said quit reads the answer, then closes its connection by itself.
  if (ending !== "the host said quit") host.close();
  await Promise.race([host.settled(), wait(graceMs, new AbortController().signal)]);
}
