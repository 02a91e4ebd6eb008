import { parentPort } from "node:worker_threads";
import { CoalmineError } from "../../base/errors.ts";
import { createHclogLogger } from "../../wire/go-plugin/index.ts";
import { systemClock } from "../system-clock.ts";
import { createProviders } from "./create-providers.ts";
import type { ProviderAnswer, ProviderCall } from "./provider-messages.ts";

/** The plugin's worker thread: all that takes time, so that the host's pings are answered meanwhile. */
export function runWorker(): void {
  const port = parentPort;
  if (port === null) throw new TypeError("this is a worker thread of the plugin: start the plugin itself");
  const logger = createHclogLogger({
    module: "coalmine",
    write: (line) => process.stderr.write(line),
    now: () => systemClock.now(),
  });
  const providers = createProviders(process.argv.slice(2), process.env, logger);
  port.on("message", async ({ call, plugin, method, args }: ProviderCall) => {
    let answer: ProviderAnswer;
    try {
      const methods = new Map<string, unknown>(Object.entries((await providers)[plugin]));
      const ask = methods.get(method);
      if (typeof ask !== "function") throw new TypeError(`no method ${plugin}.${method}`);
      answer = { call, value: await ask(...args) };
    } catch (thrown) {
      answer = { call, error: CoalmineError.from(thrown).message };
    }
    port.postMessage(answer);
  });
}
