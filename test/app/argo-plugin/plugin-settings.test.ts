import { writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { loadPluginSettings } from "../../../src/app/argo-plugin/plugin-settings.ts";
import { useTemporaryFolder } from "../../support/temporary-folder.ts";

const temporary = useTemporaryFolder();

/** The settings of a plugin that judges by itself. */
const local = async (args: readonly string[], environment = {}) => {
  const loaded = await loadPluginSettings(args, environment);
  if (loaded.kind === "remote") throw new Error("a plugin that is remote");
  return loaded.settings;
};

const url = async (args: readonly string[], environment = {}, name = "default") => {
  const { sources } = await local(args, environment);
  const source = sources[name];
  return source?.kind === "prometheus" ? String(source.settings.url) : undefined;
};

describe("loadPluginSettings", () => {
  it("takes sources from its arguments", async () => {
    const args = ["--source", "default=http://a:9090", "--source", "eu=http://b:9090/x=y"];
    expect(await url(args)).toMatch("http://a:9090");
    expect(await url(args, {}, "eu")).toMatch("http://b:9090/x=y");
  });

  it("asks where the controller's own provider asks, unless something else is named", async () => {
    const environment = { ARGO_ROLLOUTS_PROMETHEUS_ADDRESS: "http://controller:9090" };
    expect(await url([], environment)).toMatch("http://controller:9090");
    expect(await url(["--source", "default=http://a:9090"], environment)).toMatch("http://a:9090");
    expect(await url([], { ...environment, PROMETHEUS_URL: "http://p:9090" })).toMatch("http://p:9090");
    expect(await url([])).toBeUndefined();
  });

  it.each([
    [["--source", "http://a:9090"], /--source takes name=url/],
    [["--source", "default=not a url"], /sources.default.url|url/],
    [["--sauce", "x"], /the plugin's arguments/],
    [["--settings", "/nowhere/coalmine.yaml"], /cannot read the settings file/],
  ])("refuses %j", async (args, message) => {
    await expect(loadPluginSettings(args, {})).rejects.toThrow(message);
  });

  it("reads the file that the arguments or the environment name", async () => {
    const file = temporary.path("coalmine.yaml");
    writeFileSync(
      file,
      "sources: {default: {kind: prometheus, url: 'http://f:9090'}}\nallowedAddresses: ['http://*:9090']\n",
    );
    expect(await url(["--settings", file])).toMatch("http://f:9090");
    expect(await url([], { COALMINE_CONFIG: file })).toMatch("http://f:9090");
    const { allowedAddresses } = await local(["--settings", file]);
    expect(allowedAddresses[0]?.allows("http://x:9090")).toBe(true);
  });
});

describe("a plugin that is remote", () => {
  const server = async (file: string | null, args: readonly string[] = []) => {
    const path = temporary.path("coalmine.yaml");
    if (file !== null) writeFileSync(path, file);
    const loaded = await loadPluginSettings(file === null ? args : ["--settings", path, ...args], {});
    return loaded.kind === "remote" ? loaded.server : null;
  };

  it("is one whose file or argument names a server, and the argument counts", async () => {
    const url = "https://coalmine.coalmine:50051";
    expect(await server(`server: {url: '${url}', tokenFile: /t}`)).toMatchObject({
      url: { url, host: "coalmine.coalmine:50051", isEncrypted: true },
      tokenFile: "/t",
      plaintextTokens: false,
    });
    expect(await server(null, ["--server", "http://[::1]"])).toMatchObject({
      url: { host: "[::1]:80", hostname: "::1", isEncrypted: false },
    });
    const over = await server("server: {url: 'http://a:1', caFile: /ca}", ["--server", url]);
    expect(over).toMatchObject({ url: { url }, caFile: "/ca" });
    expect(await server("server: {url: 'http://localhost:1', tokenFile: /t}")).toMatchObject({
      tokenFile: "/t",
    });
    const meant = "server: {url: 'http://mesh:1', tokenFile: /t, plaintextTokens: true}";
    expect(await server(meant)).toMatchObject({ plaintextTokens: true });
    expect(await server("sources: {}")).toBeNull();
  });

  it.each([
    ["server: {url: 'http://mesh:1', tokenFile: /t}", "server.url: the token could be read on the way"],
    ["server: {url: 'http://a:1', caFile: /ca}", "server.url: certificates take https://"],
    ["server: {url: 'https://a:1', certFile: /c}", "server.keyFile: is missing"],
    ["server: {url: 'https://s3cret:s3cret@a:1'}", "server.url: expected a URL such as"],
    ["server: {url: 'https://a:1/path'}", "server.url: expected a URL such as"],
    ["server: {url: 'grpc://a:1'}", "server.url: expected a URL such as"],
    ["server: {tokenFile: /t}", "server.url"],
    ["server: {url: 'https://a:1', tokenfile: /t}", "unknown key `tokenfile`"],
    ["server: here", "server: expected a map"],
    ["server: {url: 'https://a:1'}\nsources: {}", "`sources` has no meaning beside a server"],
  ])("is refused %j", async (file, message) => {
    await expect(server(file)).rejects.toThrow(message);
    await expect(server(file)).rejects.not.toThrow("s3cret");
  });

  it("is refused sources of its own, and a file that is no map", async () => {
    const args = ["--server", "https://a:1", "--source", "default=http://p:9090"];
    await expect(server(null, args)).rejects.toThrow("--source has no meaning beside a server");
    await expect(server("- a list", ["--server", "https://a:1"])).rejects.toThrow("expected a map");
  });
});
