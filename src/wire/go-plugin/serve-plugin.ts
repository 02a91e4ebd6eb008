/** A program as a plugin of a HashiCorp go-plugin host, from its start to its end (Serve in server.go). */
import { CoalmineError } from "../../base/errors.ts";
import { isStartedByHost, notMeantForPeople } from "./handshake.ts";
import type { PluginOptions } from "./plugin-options.ts";
import { reserveStdout } from "./reserve-stdout.ts";
import { serveHost } from "./serve-host.ts";

/**
 * Takes over the process and serves its plugins until the host says so, closes
 * its connection or dies; then ends the process with code 0. SIGTERM ends it
 * too; SIGINT does not, for it comes to a whole group of processes and the host
 * decides. Ends the process with code 1 and a text on standard error if no host
 * started it, or it cannot listen.
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
export async function servePlugin(options: PluginOptions): Promise<never> {
  const print = reserveStdout(process);
  try {
    if (!isStartedByHost(options.cookie, process.env)) return refuse(notMeantForPeople);
    if (process.env["PLUGIN_CLIENT_CERT"]) return refuse("go-plugin: a host without AutoMTLS wanted\n");
    await serveHost(options, print);
    return process.exit(0);
  } catch (thrown) {
    return refuse(`${CoalmineError.from(thrown).message}\n`);
  }
}

function refuse(text: string): never {
  process.stderr.write(text);
  return process.exit(1);
}
