/** Every spec that a manifest of Argo's holds, whichever way it is asked for, and how that way reads it. */
import { completeConfiguration, readConfiguration } from "../../src/adapters/argo-rollouts/configuration.ts";
import type { Release } from "../../src/adapters/argo-rollouts/release.ts";
import { readStepOptions } from "../../src/adapters/argo-rollouts/step-options.ts";
import { parseQuery } from "../../src/adapters/prometheus/parse-query.ts";
import { readQuestion } from "../../src/adapters/prometheus/read-question.ts";
import { parseSpec } from "../../src/analysis/spec/parse-spec.ts";

/** What the controller would know. */
export const release: Release = {
  namespace: "shop",
  rollout: "checkout",
  canaryHash: "6c9f8d5b7",
  stableHash: "5b7d8c9f6",
};

export interface HeldSpec {
  readonly way: "plugin" | "step" | "web" | "prometheus";
  /** @throws CoalmineError invalid-spec with every problem. */
  read(): unknown;
}

type Tree = Readonly<Record<string, unknown>>;

/** Those of one manifest; `values` are its arguments' by name. */
export function pluginConfigurations(part: unknown, values: Tree = argumentsOf(part)): readonly HeldSpec[] {
  if (Array.isArray(part)) return part.flatMap((one) => pluginConfigurations(one, values));
  if (!isTree(part)) return [];
  return Object.entries(part).flatMap(([key, value]) => {
    const held = isTree(value) ? heldSpec(key, value, values) : null;
    return held === null ? pluginConfigurations(value, values) : [held];
  });
}

function heldSpec(key: string, value: Tree, values: Tree): HeldSpec | null {
  const { config, jsonBody, query } = value;
  if (key === "plugin" && isTree(config)) {
    const read = () => completeConfiguration(readStepOptions(documentOf(config, values)).document, release);
    return { way: "step", read };
  }
  if (key === "plugin") {
    const [only] = Object.values(value);
    return { way: "plugin", read: () => completeConfiguration(documentOf(only, values), release) };
  }
  if (key === "web") return { way: "web", read: () => parseSpec(documentOf(jsonBody, values)) };
  if (key === "prometheus" && typeof query === "string")
    return { way: "prometheus", read: () => question(filledIn(query, values)) };
  return null;
}

function question(query: string) {
  const parsed = parseQuery(query);
  if (parsed.kind !== "series") throw new TypeError("a selector wanted");
  const read = readQuestion(parsed.metric, parsed.matchers);
  if (read.kind !== "start") throw new TypeError("a spec wanted");
  return read.spec;
}

function documentOf(value: unknown, values: Tree) {
  return readConfiguration(filledIn(JSON.stringify(value), values));
}

/** The defaults of a template's arguments; those without one are given a name. */
function argumentsOf(manifest: unknown): Tree {
  if (!isTree(manifest) || !isTree(manifest["spec"]) || !Array.isArray(manifest["spec"]["args"])) return {};
  return Object.fromEntries(
    manifest["spec"]["args"].map((argument: Tree) => [
      argument["name"],
      argument["value"] ?? `a-${argument["name"]}`,
    ]),
  );
}

/** As the controller does: a placeholder of no argument is an error. */
function filledIn(text: string, values: Tree): string {
  return text.replaceAll(/\{\{args\.([\w-]+)\}\}/g, (_, name: string) => {
    if (values[name] === undefined) throw new Error(`no argument ${name}`);
    return String(values[name]);
  });
}

function isTree(value: unknown): value is Tree {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
