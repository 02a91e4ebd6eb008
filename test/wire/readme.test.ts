import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { createInterface } from "node:readline";
import { expect, it, onTestFinished } from "vitest";
import { goString } from "../../src/wire/gob/go-type.ts";
import { defaultGobLimits } from "../../src/wire/gob/limits.ts";
import { defaultRpcLimits } from "../../src/wire/net-rpc/serve-rpc.ts";
import { initialWindowBytes } from "../../src/wire/yamux/flow-windows.ts";
import { defaultSessionLimits } from "../../src/wire/yamux/session-options.ts";
import { connectHost } from "../support/plugin-host.ts";

const readme = readFileSync("src/wire/README.md", "utf8");
const [, example = ""] = /```ts\n(.*?)```/s.exec(readme) ?? [];

it("the example in the README is a plugin", async () => {
  const code = `import { systemClock as clock } from "./src/app/system-clock.ts";\n${example}`;
  const child = spawn(process.execPath, ["--input-type=module-typescript", "--eval", code], {
    stdio: ["ignore", "pipe", "ignore"],
    env: { ...process.env, GREETER_PLUGIN: "hello", PLUGIN_PROTOCOL_VERSIONS: "1" },
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const [line] = await once(createInterface(child.stdout), "line");
  const socket = connect(String(line).split("|")[3] ?? "");
  const client = await connectHost(socket).dispense("Greeter");
  expect(await client.call("Plugin.Greet", goString, "Go")).toBe("Hello Go");
  socket.destroy();
  await once(child, "exit");
}, 60_000);

it.each([
  ["payload of a frame", [initialWindowBytes]],
  [
    "streams; those nobody has accepted",
    [defaultSessionLimits.maxStreams, defaultSessionLimits.acceptBacklog],
  ],
  ["bytes waiting for a host that does not read", [defaultSessionLimits.maxUnsentBytes]],
  ["arguments of a call", [defaultRpcLimits.maxMessageBytes]],
  ["values in one value; depth", [defaultGobLimits.maxNodes, defaultGobLimits.maxDepth]],
  [
    "types in a stream; their definitions together",
    [defaultGobLimits.maxTypes, defaultGobLimits.maxDefinitionBytes],
  ],
  ["calls not yet answered", [defaultRpcLimits.maxCalls]],
])("the README says the limit of %s", (name, limits) => {
  const rows = readme.split("\n").map((line) => line.split("|").map((cell) => cell.trim()));
  const cell = rows.find(([, first]) => first === name)?.[2] ?? "";
  const figures = cell.replace(/\(.*\)/, "").split(";");
  expect(figures.map(bytesOrCount)).toEqual(limits);
});

function bytesOrCount(text: string): number {
  const [number = "", unit = ""] = text.trim().split(" ");
  const scale = { "": 1, KiB: 2 ** 10, MiB: 2 ** 20 }[unit] ?? Number.NaN;
  return Number(number.replaceAll(",", "")) * scale;
}
