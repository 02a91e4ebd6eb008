import { writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { loadPluginSettings } from "../../../src/app/argo-plugin/plugin-settings.ts";
import { useTemporaryFolder } from "../../support/temporary-folder.ts";

const temporary = useTemporaryFolder();

const url = async (args: readonly string[], environment = {}, name = "default") => {
  const { sources } = await loadPluginSettings(args, environment);
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
    const { allowedAddresses } = await loadPluginSettings(["--settings", file], {});
    expect(allowedAddresses[0]?.allows("http://x:9090")).toBe(true);
  });
});
