/** The packaged plugin in the controller's image, which has nothing that it could lean on. */
import { execFile } from "node:child_process";
import { once } from "node:events";
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { connectToServer } from "../../../src/adapters/argo-rollouts/remote/plugin-server.ts";
import { createRemoteMetricProvider } from "../../../src/adapters/argo-rollouts/remote/remote-metric-provider.ts";
import { metricMethods } from "../../../src/adapters/argo-rollouts/services/contract.ts";
import { systemClock } from "../../../src/app/system-clock.ts";
import { goBytes, goString, type StructType } from "../../../src/wire/go-plugin/index.ts";
import { requestOf } from "../../adapters/argo-rollouts/provider-stage.ts";
import { connectHost, type PluginHost } from "../../support/plugin-host.ts";
import { quietLogger } from "../../support/quiet-logger.ts";
import { type BareContainer, copyToPluginBin, createBareContainer } from "./bare-container.ts";
import { readConfiguredPlugins } from "./configured-plugins.ts";

const run = promisify(execFile);
const repository = join(import.meta.dirname, "../../..");
const component = join(repository, "plugins/argo-rollouts/component");
const configured = await readConfiguredPlugins(join(component, "plugins.yaml"));

let folder: string;
let container: BareContainer;
const made = () => join(folder, "made");

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "coalmine-package-"));
  await createPackage(made());
});

afterAll(() => rm(folder, { recursive: true }));

describe("the package", () => {
  it("is the same, byte for byte, when it is made again", async () => {
    await createPackage(join(folder, "again"));
    const sums = await readFile(join(made(), "SHA256SUMS"), "utf8");
    expect(await readFile(join(folder, "again/SHA256SUMS"), "utf8")).toBe(sums);
    await rm(join(folder, "again"), { recursive: true });
  });

  it("has the sums of all its files, as sha256sum reads them", async () => {
    const { stdout } = await run("sha256sum", ["--check", "--strict", "SHA256SUMS"], { cwd: made() });
    const entries = await readdir(made(), { recursive: true, withFileTypes: true });
    expect(stdout.match(/: OK$/gm)).toHaveLength(entries.filter((entry) => entry.isFile()).length - 1);
  });

  it("has the licence of Node, of every bundled package and of the C library", async () => {
    const read = (name: string) => readFile(join(made(), "licences", name), "utf8");
    expect(await read("node.txt")).toContain("Node.js is licensed for use as follows");
    const npm = await read("npm-packages.txt");
    const names = ["undici", "zod", "yaml", "re2js", "@stdlib/math-base-special-betaln", "@grpc/grpc-js"];
    for (const name of names) expect(npm).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\(.+\\)$`, "m"));
    expect(await read("c-libraries.txt")).toContain("LGPL-2.1-or-later");
  });

  it("names no path of the machine it was made on", async () => {
    for (const name of ["plugin.js", "argo-worker.js", "grpc.js", "install.js", "VERSION"])
      expect(await readFile(join(made(), name), "utf8")).not.toContain(repository);
  });
});

describe("install.js", () => {
  beforeEach(async () => {
    container = await createBareContainer(made());
  });

  afterEach(() => container.remove());

  it("copies the package where nothing else is, and verifies what it wrote", async () => {
    const { code, output } = await container.run(install("/plugins/coalmine"));
    expect({ code, output }).toEqual({
      code: 0,
      output: expect.stringMatching(
        /^coalmine: \d+ files copied to \/plugins\/coalmine and verified \(coalmine .+, node v24.+\)\n$/,
      ),
    });
    await run("sha256sum", ["--check", "--quiet", "SHA256SUMS"], { cwd: container.path("plugins/coalmine") });
    const { mode } = await stat(container.path("plugins/coalmine/loader"));
    expect(mode & 0o777).toBe(0o755);
    expect(await readdir(container.path("plugins"))).toEqual(["coalmine"]);
  });

  it("leaves an intact copy as it is, and replaces a damaged one", async () => {
    await container.run(install("/plugins/coalmine"));
    const again = await container.run(install("/plugins/coalmine"));
    expect(again).toMatchObject({ code: 0, output: expect.stringContaining("is there and intact") });

    await writeFile(container.path("plugins/coalmine/plugin.js"), "damaged");
    const mended = await container.run(install("/plugins/coalmine"));
    expect(mended).toMatchObject({ code: 0, output: expect.stringContaining("copied to") });
    await run("sha256sum", ["--check", "--quiet", "SHA256SUMS"], { cwd: container.path("plugins/coalmine") });
    expect(await readdir(container.path("plugins"))).toEqual(["coalmine"]);
  });

  it("names a file of the image that is damaged, and leaves nothing", async () => {
    const worker = container.path("argo-plugin/argo-worker.js");
    const bytes = await readFile(worker);
    bytes.writeUInt8(bytes.readUInt8(100) ^ 1, 100);
    await rm(worker);
    await writeFile(worker, bytes);
    expect(await container.run(install("/plugins/coalmine"))).toEqual({
      code: 1,
      output: expect.stringMatching(
        /^coalmine: not installed: argo-worker\.js is damaged: sha256 \w{64} wanted, \w{64} met/,
      ),
    });
    expect(await readdir(container.path("plugins"))).toEqual([]);
  });

  it("names a file that is missing from the image", async () => {
    await rm(container.path("argo-plugin/plugin.js"));
    const { code, output } = await container.run(install("/plugins/coalmine"));
    expect({ code, output }).toEqual({ code: 1, output: expect.stringContaining("plugin.js") });
    expect(await readdir(container.path("plugins"))).toEqual([]);
  });

  it("says what it wants when it is told nothing", async () => {
    const { code, output } = await container.run(install());
    expect({ code, output }).toEqual({ code: 1, output: expect.stringContaining("/plugins/coalmine") });
  });
});

describe("the plugin, started as the controller does", () => {
  beforeAll(async () => {
    container = await createBareContainer(made());
    await container.run(install("/plugins/coalmine"));
    await rm(container.path("argo-plugin"), { recursive: true });
    // What is loaded where gRPC is spoken is not missed here.
    await rm(container.path("plugins/coalmine/grpc.js"));
    await mkdir(container.path("plugins-settings"));
    await copyFile(join(component, "coalmine.yaml"), container.path("plugins-settings/coalmine.yaml"));
  });

  afterAll(() => container.remove());

  it("answers as a metric plugin, its worker thread too", async () => {
    await using plugin = await startPlugin("metricprovider");
    // What a configuration lacks is known to the worker thread alone.
    expect(await measured(plugin)).toMatchObject({
      Phase: "Inconclusive",
      Message: expect.stringContaining("rollouts-pod-template-hash"),
    });
  });

  it("answers as a step plugin", async () => {
    await using plugin = await startPlugin("step");
    const client = await plugin.host.dispense("RpcStepPlugin");
    expect(await client.call("Plugin.Type", goString, "")).toBe("coalmine");
  });

  it("ends when the host says so, and leaves no socket", async () => {
    await using plugin = await startPlugin("metricprovider");
    expect((await stat(plugin.socketPath)).isSocket()).toBe(true);
    plugin.host.control.call("Control.Quit", { kind: "bool", name: "bool" }, true).catch(() => {});
    expect(await plugin.exited).toBe(0);
    await expect(stat(plugin.socketPath)).rejects.toMatchObject({ code: "ENOENT" });
  });

  it("cannot be Node without its loader: the image has none", async () => {
    const { code, output } = await container.run(["/plugins/coalmine/node", "--version"]);
    expect({ code, output }).toEqual({
      code: 127,
      output: expect.stringContaining("No such file or directory"),
    });
  });
});

describe("the plugin, where gRPC is spoken", () => {
  beforeAll(async () => {
    container = await createBareContainer(made());
    await container.run(install("/plugins/coalmine"));
    await mkdir(container.path("plugins-settings"));
    const settings = "server: {url: 'http://127.0.0.1:9'}\n";
    await writeFile(container.path("plugins-settings/coalmine.yaml"), settings);
  });

  afterAll(() => container.remove());

  it("asks the server of its settings", async () => {
    await using plugin = await startPlugin("metricprovider");
    expect(await measured(plugin)).toMatchObject({
      Phase: "Running",
      Message: expect.stringMatching(/^the Coalmine server http:\/\/127.0.0.1:9 is away: .*ECONNREFUSED/),
    });
  });

  it("serves a host that allows it", async () => {
    await using plugin = await launchPlugin("metricprovider", ["--grpc"]);
    const { path } = readHandshake(plugin.line, "grpc");
    const address = `unix:${container.path(path)}`;
    const credentials = async () => ({ token: null, tls: null });
    const server = connectToServer({ url: address, address, credentials, logger: quietLogger() });
    expect(await server.ask(metricMethods.Type, {})).toEqual({ type: "coalmine" });
    // Its worker thread is remote, as the settings say.
    const provider = createRemoteMetricProvider({ server, clock: systemClock });
    expect(await provider.run(requestOf())).toMatchObject({
      phase: "Running",
      message: expect.stringMatching(/^the Coalmine server http:\/\/127.0.0.1:9 is away/),
    });
    server.close();
  });
});

/** What the plugin answers to the controller's first call. */
async function measured({ host }: StartedPlugin): Promise<unknown> {
  const client = await host.dispense("RpcMetricProviderPlugin");
  expect(await client.call("Plugin.Type", goString, "")).toBe("coalmine");
  return await client.call(
    "Plugin.Run",
    { kind: "interface", registered: new Map([["RunArgs", runArgs]]) },
    {
      name: "RunArgs",
      value: {
        AnalysisRun: { ObjectMeta: { UID: "1", Name: "run", Namespace: "shop" } },
        Metric: {
          Name: "canary",
          Provider: { Plugin: new Map([["coalmine/analysis", Buffer.from('{"service":"checkout"}')]]) },
        },
      },
    },
  );
}

const runArgs: StructType = {
  kind: "struct",
  name: "rpc.RunArgs",
  fields: [
    [
      "AnalysisRun",
      {
        kind: "struct",
        name: "v1alpha1.AnalysisRun",
        fields: [
          [
            "ObjectMeta",
            {
              kind: "struct",
              name: "v1.ObjectMeta",
              fields: [
                ["Name", goString],
                ["Namespace", goString],
                ["UID", goString],
              ],
            },
          ],
        ],
      },
    ],
    [
      "Metric",
      {
        kind: "struct",
        name: "v1alpha1.Metric",
        fields: [
          ["Name", goString],
          [
            "Provider",
            {
              kind: "struct",
              name: "v1alpha1.MetricProvider",
              fields: [["Plugin", { kind: "map", name: "", key: goString, elem: goBytes }]],
            },
          ],
        ],
      },
    ],
  ],
};

async function createPackage(out: string): Promise<void> {
  await run(process.execPath, ["tools/package-argo/package-argo.ts", "--out", out], { cwd: repository });
}

function install(...targets: readonly string[]): readonly string[] {
  const from = "/argo-plugin";
  return [
    `${from}/loader`,
    "--library-path",
    `${from}/lib`,
    `${from}/node`,
    `${from}/install.js`,
    ...targets,
  ];
}

interface LaunchedPlugin extends AsyncDisposable {
  /** What it printed first. */
  readonly line: string;
  readonly exited: Promise<number | null>;
}

interface StartedPlugin extends AsyncDisposable {
  readonly host: PluginHost;
  /** As seen from outside. */
  readonly socketPath: string;
  readonly exited: Promise<number | null>;
}

/** Starts what the ConfigMap of plugins/argo-rollouts names, as the controller does, and connects to it. */
async function startPlugin(kind: keyof typeof configured): Promise<StartedPlugin> {
  const plugin = await launchPlugin(kind);
  const socketPath = container.path(readHandshake(plugin.line, "netrpc").path);
  const socket = connect(socketPath);
  await once(socket, "connect");
  return {
    host: connectHost(socket),
    socketPath,
    exited: plugin.exited,
    async [Symbol.asyncDispose]() {
      socket.destroy();
      await plugin[Symbol.asyncDispose]();
    },
  };
}

/** @param more arguments. */
async function launchPlugin(
  kind: keyof typeof configured,
  more: readonly string[] = [],
): Promise<LaunchedPlugin> {
  const { location, args } = configured[kind];
  const command = await copyToPluginBin(container, location.replace(/^file:\/\//, ""));
  const child = container.start([command, ...args, ...more], {
    ARGO_ROLLOUTS_RPC_PLUGIN: kind,
    PLUGIN_PROTOCOL_VERSIONS: "1",
    PLUGIN_MIN_PORT: "10000",
    PLUGIN_MAX_PORT: "25000",
  });
  const exited = new Promise<number | null>((resolve) => child.once("exit", resolve));
  let printed = "";
  child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
    printed += chunk;
  });
  const line = await Promise.race([
    once(child.stdout ?? child, "data").then(([chunk]) => String(chunk)),
    exited.then((code) => `ended with ${code}: ${printed}`),
  ]);
  return {
    line,
    exited,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await exited;
    },
  };
}

/** @throws Error if it is another line. */
function readHandshake(line: string, protocol: "netrpc" | "grpc"): { readonly path: string } {
  const [, path, spoken] = /^1\|1\|unix\|(\/tmp\/[^|]+)\|(\w+)\|.*\n$/.exec(line) ?? [];
  if (path === undefined || spoken !== protocol) throw new Error(`a handshake wanted, met ${line}`);
  return { path };
}
