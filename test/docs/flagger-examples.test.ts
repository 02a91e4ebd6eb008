/** Every file of plugins/flagger's examples: listed in its README, and asking for what the server understands. */
import { globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { hookTypes } from "../../src/adapters/flagger/hook-call.ts";
import { createChooseSpec } from "../../src/adapters/flagger/spec/choose-spec.ts";
import { parseQuery } from "../../src/adapters/prometheus/parse-query.ts";
import { readQuestion } from "../../src/adapters/prometheus/read-question.ts";
import { createNamedSpecs } from "../../src/app/flagger/named-specs.ts";
import { parseDuration } from "../../src/base/duration.ts";
import { fakeClock } from "../support/fake-clock.ts";
import { quietLogger } from "../support/quiet-logger.ts";

const metadata = z.record(z.string(), z.string()).default({});

/** As far as a Canary, a MetricTemplate or a spec says it; what else they hold is the API server's and the parsers' matter. */
const documentSchema = z.looseObject({
  kind: z.string().default("Spec"),
  metadata: z.object({ name: z.string() }).default({ name: "" }),
  spec: z
    .looseObject({
      query: z.string().default(""),
      targetRef: z.looseObject({ name: z.string() }).default({ name: "" }),
      analysis: z
        .looseObject({
          metrics: z
            .array(
              z.looseObject({
                interval: z.string(),
                templateRef: z.object({ name: z.string() }).optional(),
                templateVariables: metadata,
              }),
            )
            .default([]),
          webhooks: z
            .array(
              z.strictObject({
                name: z.string(),
                type: z.string(),
                url: z.string(),
                timeout: z.string(),
                retries: z.number().optional(),
                muteAlert: z.boolean().default(false),
                metadata,
              }),
            )
            .default([]),
        })
        .prefault({}),
    })
    .prefault({}),
});

const folder = "plugins/flagger";
const server = "http://coalmine.coalmine:8080/flagger/v1/";
const gates = ["confirm-rollout", "confirm-traffic-increase", "confirm-promotion"];

const files = globSync("{canaries,metric-templates}/**/*.yaml", { cwd: folder }).toSorted();
const documents = files.map((file) => {
  const written: unknown = parse(readFileSync(join(folder, file), "utf8"));
  return { file, written, ...documentSchema.parse(written) };
});
const canaries = documents.filter(({ kind }) => kind === "Canary");
const templates = documents.filter(({ kind }) => kind === "MetricTemplate");
const specs = documents.filter(({ kind }) => kind === "Spec");

/** With the hooks of Coalmine's server. */
const judged = canaries
  .map(({ file, metadata: { name }, spec }) => ({
    file,
    name,
    hooks: spec.analysis.webhooks.filter(({ url }) => url.startsWith(server)),
  }))
  .filter(({ hooks }) => hooks.length > 0);

const chooseSpec = createChooseSpec({
  specs: createNamedSpecs({
    specs: Object.fromEntries(specs.map(({ file, written }) => [basename(file, ".yaml"), written])),
    folder: null,
    clock: fakeClock(0),
    logger: quietLogger(),
  }),
});

const readme = readFileSync(join(folder, "README.md"), "utf8");

it("are all in the README's table, by themselves or with their folder", () => {
  const table = readme.split("\n| file | strategy |\n")[1]?.split("\n\n")[0] ?? "";
  const links = [...table.matchAll(/\]\(([^)]+)\)/g)].map(([, link = ""]) => link);
  expect(files.filter((file) => !links.some((link) => file === link || file.startsWith(`${link}/`)))).toEqual(
    [],
  );
  expect(links.filter((link) => !files.some((file) => file === link || file.startsWith(`${link}/`)))).toEqual(
    [],
  );
});

it("are read as the README's own are", async () => {
  const examples = [
    ...readme.matchAll(/^(metadata: \{.*\})$/gm),
    ...readme.matchAll(/`(metadata: \{[^`]*\})`/g),
  ];
  expect(examples).toHaveLength(2);
  for (const [, example = ""] of examples) {
    const said = z.object({ metadata }).parse(parse(example)).metadata;
    const canary = { namespace: "shop", name: "checkout" };
    const call = { hook: "rollout", canary, phase: "Progressing", checksum: "1" } as const;
    expect(await chooseSpec({ ...call, metadata: said })).toMatchObject({ isSaid: true, unknownKeys: [] });
  }
});

it("are Canaries, MetricTemplates and specs that a Canary names", () => {
  expect(canaries.length + templates.length + specs.length).toBe(files.length);
  const names = judged.flatMap(({ hooks }) => hooks.flatMap((hook) => hook.metadata["spec"] ?? []));
  expect(new Set(names)).toEqual(new Set(specs.map(({ file }) => basename(file, ".yaml"))));
  const others = canaries.filter(({ file }) => !judged.some((one) => one.file === file));
  expect(others.map(({ file }) => file)).toEqual(["canaries/metric-only.yaml"]);
});

describe.each(judged)("the hooks of $file", ({ name, hooks }) => {
  it("are each at the address of its type, and wait seconds for it", () => {
    for (const { type, url, timeout } of hooks) {
      expect(hookTypes).toContain(type);
      expect(url).toBe(`${server}${type}`);
      expect(timeout).toBe("5s");
    }
  });

  it("roll back, start, judge, promote and end, each once", () => {
    const types = hooks.map(({ type }) => type);
    expect(types).toEqual(
      expect.arrayContaining(["rollback", "pre-rollout", "rollout", "confirm-promotion", "post-rollout"]),
    );
    expect(new Set(types).size).toBe(types.length);
  });

  it("send no alert for a wait, and only those", () => {
    const muted = hooks.filter(({ muteAlert }) => muteAlert).map(({ type }) => type);
    expect(muted).toEqual(hooks.map(({ type }) => type).filter((type) => gates.includes(type)));
  });

  it("ask all for the same, in words that are known", async () => {
    const [first] = hooks;
    for (const { metadata } of hooks) expect(metadata).toEqual(first?.metadata);
    const canary = { namespace: "shop", name };
    const call = { hook: "pre-rollout", canary, phase: "Progressing", checksum: "1" } as const;
    const { spec, unknownKeys } = await chooseSpec({ ...call, metadata: first?.metadata ?? {} });
    expect(unknownKeys).toEqual([]);
    expect(spec).toMatchObject({ service: name, namespace: "shop", baseline: expect.anything() });
  });
});

describe.each(templates.filter(({ spec }) => spec.query.startsWith("coalmine_")))(
  "$file",
  ({ metadata: { name }, spec: { query } }) => {
    const users = canaries.flatMap(({ metadata: canary, spec }) =>
      spec.analysis.metrics
        .filter(({ templateRef }) => templateRef?.name === name)
        .map(({ interval, templateVariables }) => ({
          service: canary.name,
          intervalMs: parseDuration(interval) ?? 0,
          question: () => questionOf(query, spec.targetRef.name, templateVariables),
        })),
    );

    it("asks for an analysis of each Canary that uses it", () => {
      expect(users).not.toEqual([]);
      for (const { service, question } of users)
        expect(question()).toMatchObject({ kind: "start", spec: { service, durationMs: 600_000 } });
    });

    it("lets no verdict go before Flagger has asked for it", () => {
      for (const { question, intervalMs } of users)
        expect(question()).toMatchObject({ maxAgeMs: expect.toSatisfy((ms: number) => ms > intervalMs) });
    });
  },
);

/** Fills the query in as Flagger does (pkg/metrics/observers/render.go in Flagger). */
function questionOf(query: string, target: string, variables: Readonly<Record<string, string>>) {
  const known = new Map([
    ["target", target],
    ["namespace", "shop"],
  ]);
  for (const [key, value] of Object.entries(variables)) known.set(`variables.${key}`, value);
  const filled = query.replaceAll(/\{\{ ([\w.]+) \}\}/g, (_, key: string) => {
    const value = known.get(key);
    if (value === undefined) throw new Error(`Flagger has nothing to fill in for ${key}`);
    return value;
  });
  const parsed = parseQuery(filled);
  if (parsed.kind !== "series") throw new Error("a selector is wanted");
  return readQuestion(parsed.metric, parsed.matchers);
}
