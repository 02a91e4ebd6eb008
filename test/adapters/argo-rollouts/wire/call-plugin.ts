import type { GobValue, Plugin, PluginContext } from "../../../../src/wire/go-plugin/index.ts";
import { GobDecoder } from "../../../../src/wire/gob/gob-decoder.ts";
import { GobEncoder } from "../../../../src/wire/gob/gob-encoder.ts";

const context: PluginContext = {
  broker: {
    nextId: () => 1,
    accept: () => Promise.reject(new Error("no stream")),
    dial: () => Promise.reject(new Error("no stream")),
  },
  signal: new AbortController().signal,
};

/** Calls a method as the controller does, and gives what it decodes of the answer. */
export async function callPlugin(plugin: Plugin, name: string, args: GobValue = null): Promise<GobValue> {
  const method = (await plugin(context))[name];
  if (method === undefined) throw new Error(`no method ${name}`);
  const reply = await method.handle(args, context.signal);
  const [decoded = null] = new GobDecoder().push(new GobEncoder().encode(method.reply, reply));
  return decoded;
}
