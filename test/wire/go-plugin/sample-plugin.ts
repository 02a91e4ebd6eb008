/** The plugin that test/tools/wire-golden/go-plugin/sample is the contract of. */
import { setTimeout as sleep } from "node:timers/promises";
import {
  emptyStruct,
  type GobStruct,
  type GobValue,
  goBytes,
  goInt,
  goString,
  type Plugin,
  type StructType,
} from "../../../src/wire/go-plugin/index.ts";

/** What Echo takes. */
export const echoArgs: StructType = {
  kind: "struct",
  name: "sample.EchoArgs",
  fields: [
    ["Text", goString],
    ["Payload", goBytes],
    ["DelayMs", goInt],
  ],
};

const echoReply: StructType = {
  kind: "struct",
  name: "sample.EchoReply",
  fields: [
    ["Text", goString],
    ["Payload", goBytes],
    ["Order", goInt],
  ],
};

export const samplePlugin: Plugin = () => {
  let order = 0;
  return {
    Echo: {
      reply: echoReply,
      async handle(value, signal) {
        const args = structOf(value);
        const delayMs = Number(args["DelayMs"] ?? 0);
        if (delayMs > 0) await sleep(delayMs, undefined, { signal });
        const reply = { Text: args["Text"], Payload: args["Payload"], Order: order };
        order += 1;
        return reply;
      },
    },
    Fail: {
      reply: emptyStruct,
      handle: (text) => {
        throw new Error(String(text));
      },
    },
    Print: {
      reply: emptyStruct,
      handle: (text) => {
        console.log(text);
        process.stdout.write(`${String(text)}\n`);
        return {};
      },
    },
    Hang: {
      reply: emptyStruct,
      handle: (_args, signal) =>
        new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
    },
  };
};

function structOf(value: GobValue): GobStruct {
  return Object.fromEntries(Object.entries(value ?? {}));
}
