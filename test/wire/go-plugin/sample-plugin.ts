/** The plugin that test/tools/wire-golden/go-plugin/sample is the contract of. */
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
    ["Gather", goInt],
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
  const waiting: (() => void)[] = [];
  return {
    Echo: {
      reply: echoReply,
      async handle(value) {
        const { Text, Payload, Gather } = structOf(value);
        if (typeof Gather === "number") await gathered(waiting, Gather);
        const reply = { Text, Payload, Order: order };
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
    Crash: {
      reply: emptyStruct,
      handle: () => {
        setImmediate(() => {
          throw new Error("a fault outside of any call");
        });
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

/** Resolves when `count` callers wait, for the one that came last first. */
function gathered(waiting: (() => void)[], count: number): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    if (waiting.length < count) return;
    // Not at once, for the last does not wait yet.
    setImmediate(() => {
      for (const release of waiting.splice(0).reverse()) release();
    });
  });
}

function structOf(value: GobValue): GobStruct {
  return Object.fromEntries(Object.entries(value ?? {}));
}
