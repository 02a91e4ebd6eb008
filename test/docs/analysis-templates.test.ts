/** Every file of analysis-templates: what it says of itself, and that its specs are read by whoever is asked. */
import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readManifests } from "../support/read-manifests.ts";
import { pluginConfigurations } from "./plugin-configurations.ts";

const folder = "analysis-templates";
const files = globSync("**/*.yaml", { cwd: folder }).toSorted();
const index = readFileSync(join(folder, "README.md"), "utf8");

describe.each(files)("%s", (file) => {
  const text = readFileSync(join(folder, file), "utf8");
  const head = text.split(/^[^#]/m)[0] ?? "";

  it("says for whom it is, what it needs and how to adapt it", () => {
    expect(head).toMatch(/^# \S[\s\S]*^# For: {3}\S[\s\S]*^# Needs: \S[\s\S]*^# Adapt: \S/m);
  });

  it("names files that are there", () => {
    const paths = /\b(?:plugin|web|prometheus|job|kosmos|kyb|docs|plugins)\/[\w./*-]*\w/g;
    const names = [...head.matchAll(paths)].map(([name]) => name);
    const places = (name: string) => [name, join(folder, name), join(folder, "examples", name)];
    expect(names.filter((name) => !places(name).some((place) => globSync(place).length > 0))).toEqual([]);
  });

  it("holds specs that are read", () => {
    const read = readManifests(text).flatMap((manifest) =>
      pluginConfigurations(manifest).map((held) => held.read()),
    );
    expect(read).toHaveLength(/plugin:|jsonBody:|query:/.test(text) ? 1 : 0);
  });
});

it("are all in folders that the README names", () => {
  const folders = [...index.matchAll(/\]\(([\w/]+)\)/g)].map(([, name = ""]) => name);
  expect(folders.filter((name) => !existsSync(join(folder, name)))).toEqual([]);
  expect(files.filter((file) => !folders.some((name) => file.startsWith(`${name}/`)))).toEqual([]);
});
