import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { createInterface } from "node:readline";
import { expect, it, onTestFinished } from "vitest";
import { maxCallsOfConnection } from "../../src/wire/go-plugin/grpc/grpc-host.ts";
import { defaultMaxMessageBytes } from "../../src/wire/go-plugin/grpc/grpc-plugin-options.ts";
import { maxHeldBytes } from "../../src/wire/go-plugin/grpc/printed-output.ts";
import { goString } from "../../src/wire/gob/go-type.ts";
import { defaultGobLimits } from "../../src/wire/gob/limits.ts";
import { defaultRpcLimits } from "../../src/wire/net-rpc/serve-rpc.ts";
import { initialWindowBytes } from "../../src/wire/yamux/flow-windows.ts";
import { defaultSessionLimits } from "../../src/wire/yamux/session-options.ts";
import { connectHost } from "../support/plugin-host.ts";
import { connectGrpc } from "./go-plugin/grpc/grpc-client.ts";

const readme = readFileSync("src/wire/README.md", "utf8");
const [example = "", grpcExample = ""] = [...readme.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code);

/** Starts the plugin that the code is. */
async function startExample(code: string) {
  const child = spawn(process.execPath, ["--input-type=module-typescript", "--eval", code], {
    stdio: ["ignore", "pipe", "ignore"],
    env: { ...process.env, GREETER_PLUGIN: "hello", PLUGIN_PROTOCOL_VERSIONS: "1" },
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const [line] = await once(createInterface(child.stdout), "line");
  const [, , , path = "", protocol] = String(line).split("|");
  return { child, path, protocol };
}

it("the example in the README is a plugin", async () => {
  const { child, path } = await startExample(
    `import { systemClock as clock } from "./src/app/system-clock.ts";\n${example}`,
  );
  const socket = connect(path);
  const client = await connectHost(socket).dispense("Greeter");
  expect(await client.call("Plugin.Greet", goString, "Go")).toBe("Hello Go");
  socket.destroy();
  await once(child, "exit");
});

it("the example over gRPC is one too", async () => {
  const { child, path, protocol } = await startExample(`
    import { systemClock as clock } from "./src/app/system-clock.ts";
    import { echoService } from "./test/wire/go-plugin/grpc/echo-service.ts";
    import { quietLogger } from "./test/support/quiet-logger.ts";
    const logger = quietLogger();
    const { definition, implementation } = echoService();
    ${grpcExample}`);
  expect(protocol).toBe("grpc");
  const host = connectGrpc(`unix:${path}`);
  expect(await host.echo({ text: "a" })).toMatchObject({ text: "a" });
  await host.shutdown();
  host.close();
  await once(child, "exit");
});

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
  ["message, both ways", [defaultMaxMessageBytes]],
  ["calls of a connection, the streams above among them", [maxCallsOfConnection]],
  ["printed bytes that the host has not read", [maxHeldBytes]],
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
