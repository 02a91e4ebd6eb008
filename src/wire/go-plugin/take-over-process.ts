/** A program as a plugin of a HashiCorp go-plugin host, from its start to its end (Serve in server.go), whichever protocol it speaks. */
import { CoalmineError } from "../../base/errors.ts";
import { isStartedByHost, notMeantForPeople } from "./handshake.ts";
import type { ProcessOptions } from "./plugin-options.ts";
import { type ServedProtocol, serveHost } from "./serve-host.ts";

/**
 * Takes over the process and serves its host until that says so, is gone or
 * dies; then ends the process with code 0. SIGTERM ends it too; SIGINT does not,
 * for it comes to a whole group of processes and the host decides. Ends the
 * process with code 1 and a text on standard error if no host started it, the
 * host wants TLS (AutoMTLS), or it cannot listen.
 */
export async function takeOverProcess(options: ProcessOptions, served: ServedProtocol): Promise<never> {
  try {
    if (!isStartedByHost(options.cookie, process.env)) return refuse(notMeantForPeople);
    if (process.env["PLUGIN_CLIENT_CERT"]) return refuse("go-plugin: a host without AutoMTLS wanted\n");
    await serveHost(options, served);
    return process.exit(0);
  } catch (thrown) {
    return refuse(`${CoalmineError.from(thrown).message}\n`);
  }
}

function refuse(text: string): never {
  process.stderr.write(text);
  return process.exit(1);
}
