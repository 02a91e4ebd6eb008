/** plugins/argo-rollouts/README.md is held to the code: its YAML is read as the plugin reads it, its keys and names are there. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { conditionResult, readConditions } from "../../src/adapters/argo-rollouts/condition-result.ts";
import { completeConfiguration } from "../../src/adapters/argo-rollouts/configuration.ts";
import { readStepOptions } from "../../src/adapters/argo-rollouts/step-options.ts";
import { readRemoteFile } from "../../src/app/argo-plugin/plugin-settings.ts";
import { serverSettings } from "../../src/app/argo-plugin/server-settings.ts";
import { readSettings } from "../../src/app/settings/settings.ts";
import { formatDuration } from "../../src/base/duration.ts";
import { passedResult } from "../adapters/cli/sample-result.ts";
import { readManifests } from "../support/read-manifests.ts";
import { pluginConfigurations, release } from "./plugin-configurations.ts";

const path = "plugins/argo-rollouts/README.md";
const page = readFileSync(path, "utf8");
const specPage = readFileSync("docs/spec.md", "utf8");

/** Each YAML block, with the word in the comment above it that says what it is. */
const blocks = [...page.matchAll(/(?:<!-- ([a-z]+) -->\n)?^( *)```yaml\n(.*?)^ *```$/gms)].map(
  ([, kind = "", , text = ""]) => ({ kind, text }),
);

const readers: Readonly<Record<string, (text: string) => unknown>> = {
  config: (text) => completeConfiguration(parse(text), release),
  settings: (text) => readSettings(parse(text), {}),
  remote: (text) => readRemoteFile(parse(text)),
  template: (text) =>
    readManifests(text)
      .flatMap((manifest) => pluginConfigurations(manifest))
      .map(({ read }) => read()),
  steps: (text) => pluginConfigurations({ spec: { steps: parse(text) } }).map(({ read }) => read()),
  condition: (text) =>
    readConditions({
      ...{ name: "coalmine", initialDelay: "", successCondition: "", failureCondition: "", config: "" },
      ...parse(text),
    }),
};

describe("its YAML", () => {
  it("has a block of each kind", () => {
    expect(new Set(blocks.map(({ kind }) => kind))).toEqual(new Set(Object.keys(readers)));
  });

  it.each(blocks)("is read as $kind: $text", ({ kind, text }) => {
    const read = readers[kind];
    expect(() => read?.(text)).not.toThrow();
  });
});

it("ships the settings of a remote plugin as it shows them", () => {
  const [shown] = blocks.filter(({ kind }) => kind === "remote");
  const shipped = readFileSync("plugins/argo-rollouts/remote/coalmine.yaml", "utf8");
  expect(parse(shipped)).toEqual(parse(shown?.text ?? ""));
});

it("ships settings that can be used", () => {
  const settings = readSettings(
    parse(readFileSync("plugins/argo-rollouts/component/coalmine.yaml", "utf8")),
    {},
  );
  expect(Object.keys(settings.sources)).toEqual(["default"]);
});

describe("its tables", () => {
  it("names keys of the spec only, beside the step's own and the run's arguments", () => {
    const keys = rowsUnder("Configuration").flatMap(([key = ""]) => codesOf(key));
    const known = [...specPage.matchAll(/^\| `([^`]+)` \|/gm)].map(([, key]) => key);
    const own = [...Object.keys(readStepOptions({}).options), "canary-hash", "stable-hash"];
    const ofCohorts = ["{}", "hashLabel"];
    expect(keys.filter((key) => !known.includes(key) && !ofCohorts.includes(key))).toEqual(own);
  });

  it("tells the step's own keys and their defaults", () => {
    const { onInconclusive, holdTimeout } = readStepOptions({}).options;
    const rows = rowsUnder("Configuration").filter(([key]) => /onInconclusive|holdTimeout/.test(key ?? ""));
    expect(rows.map(([key, , value]) => [key, value])).toEqual([
      ["`onInconclusive`", `\`${onInconclusive}\``],
      ["`holdTimeout`", `\`${formatDuration(holdTimeout)}\``],
    ]);
  });

  it("names keys of the settings only, and their defaults", () => {
    const keys = rowsUnder("Settings").map(([key = ""]) => key.replaceAll("`", ""));
    const settings = {
      sources: {},
      allowedAddresses: [],
      limits: {},
      kubernetes: { server: "https://10.0.0.1", tokenFile: "t" },
    };
    expect(keys.filter((key) => !key.startsWith("--") && key in settings)).toEqual(Object.keys(settings));
    expect(readSettings(settings, {}).limits.maxRunning).toBe(2_000);
    expect(page).toContain("`limits.maxRunning`: analyses at the same time, 2000");
  });
});

it("tells every key of a remote plugin's server", () => {
  const keys = rowsUnder("Remote").flatMap(([key = ""]) => codesOf(key));
  expect(keys).toEqual(["server", ...Object.keys(serverSettings.shape)]);
});

it("names in `result` what conditions find there", () => {
  const section = sectionUnder("Conditions").split("for instance")[0] ?? "";
  const result = conditionResult({ ...passedResult, verdict: "pass" });
  const known = Object.entries(Object(result)).filter(([key]) => key !== "metrics");
  const [metric] = Object.values(Object(Object(result).metrics));
  const names = [...known.map(([key]) => key), "metrics", ...Object.keys(Object(metric))];
  expect(codesOf(section.split("`result` has")[1] ?? "").filter((code) => /^[a-z]+$/i.test(code))).toEqual(
    names,
  );
});

it("names presets that need nothing but their name", () => {
  const [named = ""] = /Where the series carry the pod's name \(.*\).* `nginx`/.exec(page) ?? [];
  expect(codesOf(named).length).toBeGreaterThan(3);
  for (const telemetry of codesOf(named))
    expect(() => completeConfiguration({ telemetry }, release)).not.toThrow();
});

it("links to pages and headings that are there", () => {
  const links = [...page.matchAll(/\]\(([^):]+)\)/g)].map(([, link = ""]) => link);
  expect(links.length).toBeGreaterThan(5);
  expect(links.filter((link) => !isThere(link))).toEqual([]);
});

function isThere(link: string): boolean {
  const [file = "", heading] = link.split("#");
  const target = file === "" ? path : join(dirname(path), file);
  if (!existsSync(target)) return false;
  if (heading === undefined) return true;
  const headings = [...readFileSync(target, "utf8").matchAll(/^#+ (.*)$/gm)].map(([, text = ""]) =>
    text
      .toLowerCase()
      .replaceAll(/[^\w\s-]/g, "")
      .replaceAll(" ", "-"),
  );
  return headings.includes(heading);
}

function sectionUnder(heading: string): string {
  const [, , rest = ""] = page.split(new RegExp(`^(#+) ${heading}$`, "m"));
  return rest.split(/^## /m)[0] ?? "";
}

function rowsUnder(heading: string): string[][] {
  return sectionUnder(heading)
    .split("\n")
    .filter((line) => /^\| [^-]/.test(line))
    .map((line) =>
      line
        .slice(1, -1)
        .split(/(?<!\\)\|/)
        .map((cell) => cell.trim()),
    );
}

function codesOf(text: string): string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, code = ""]) => code);
}
