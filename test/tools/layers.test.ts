/** The import rules, each shown to catch what it is there for: a small tree that breaks every one of them once. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { ICruiseResult } from "dependency-cruiser";
import extractRules from "dependency-cruiser/config-utl/extract-depcruise-config";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cruiseTree } from "../../tools/cruise-tree.ts";

/** By rule, the imports that break it: from → to. The importing file must be reported by that rule. */
const broken: readonly (readonly [rule: string, from: string, to: string])[] = [
  ["imports-of-base", "src/base/a.ts", "../engine/mean.ts"],
  ["imports-of-engine", "src/engine/a.ts", "../base/word.ts"],
  ["imports-of-wire", "src/wire/a.ts", "../analysis/ports.ts"],
  ["imports-of-analysis", "src/analysis/a.ts", "../store/rows.ts"],
  ["imports-of-sources", "src/sources/a.ts", "../engine/mean.ts"],
  ["imports-of-store", "src/store/a.ts", "../sources/reader.ts"],
  ["imports-of-work", "src/work/a.ts", "../sources/reader.ts"],
  ["imports-of-adapters", "src/adapters/rest/a.ts", "../flagger/status.ts"],
  ["imports-of-adapters", "src/adapters/rest/b.ts", "../../store/rows.ts"],
  ["imports-of-adapters", "src/adapters/rest/c.ts", "../../sources/reader.ts"],
  ["imports-of-adapters", "src/adapters/rest/d.ts", "../../wire/frame.ts"],
  ["imports-of-adapters-argo-rollouts", "src/adapters/argo-rollouts/a.ts", "../rest/routes.ts"],
  ["imports-of-adapters-kubernetes", "src/adapters/kubernetes/a.ts", "../../analysis/plan/plan.ts"],
  ["imports-of-app", "src/app/a.ts", "../bin/server.ts"],
  ["imports-of-bin", "src/bin/a.ts", "../analysis/ports.ts"],
  ["packages-of-base", "src/base/b.ts", "zod"],
  ["packages-of-engine", "src/engine/b.ts", "zod"],
  ["packages-of-wire", "src/wire/b.ts", "zod"],
  ["packages-of-analysis", "src/analysis/b.ts", "undici"],
  ["packages-of-sources", "src/sources/b.ts", "express"],
  ["packages-of-store", "src/store/b.ts", "express"],
  ["packages-of-work", "src/work/b.ts", "express"],
  ["packages-of-adapters-kubernetes", "src/adapters/kubernetes/b.ts", "express"],
  ["packages-of-bin", "src/bin/b.ts", "express"],
  ["no-node-in-engine", "src/engine/c.ts", "node:fs"],
  ["no-node-in-analysis", "src/analysis/c.ts", "node:crypto"],
  ["folder-has-a-row", "src/helpers/a.ts", "../base/word.ts"],
  ["only-ports", "src/sources/c.ts", "../analysis/plan/plan.ts"],
  ["only-ports", "src/store/c.ts", "../analysis/plan/plan.ts"],
  ["yaml-only-in-spec", "src/analysis/d.ts", "yaml"],
  ["grpc-only-in-its-mode", "src/wire/c.ts", "@grpc/grpc-js"],
  ["no-cycles", "src/base/d.ts", "./e.ts"],
  ["product-stands-alone", "src/app/b.ts", "../../test/support/fake.ts"],
  ["product-stands-alone", "src/app/c.ts", "../../tools/tool.ts"],
  ["test-is-not-imported", "test/support/builder.ts", "../engine/mean.test.ts"],
  ["is-there", "src/app/e.ts", "./nowhere.ts"],
];

/** Imports that the rules allow. */
const allowed: readonly (readonly [from: string, to: string])[] = [
  ["src/engine/mean.ts", "@stdlib/math-base-special-betaln"],
  ["src/engine/gamma.ts", "@stdlib/math-base-special-gammaln"],
  ["src/analysis/ports.ts", "../base/word.ts"],
  ["src/analysis/plan/plan.ts", "../../engine/mean.ts"],
  ["src/analysis/spec/parse.ts", "yaml"],
  ["src/analysis/spec/schema.ts", "zod"],
  ["src/sources/reader.ts", "../analysis/ports.ts"],
  ["src/sources/fetch.ts", "undici"],
  ["src/store/rows.ts", "../analysis/ports.ts"],
  ["src/adapters/http/limits.ts", "express"],
  ["src/adapters/rest/routes.ts", "../http/limits.ts"],
  ["src/adapters/flagger/status.ts", "../../analysis/plan/plan.ts"],
  ["src/adapters/flagger/kubernetes/writer.ts", "../../kubernetes/exchange.ts"],
  ["src/adapters/kubernetes/exchange.ts", "undici"],
  ["src/adapters/argo-rollouts/plugin.ts", "../../wire/frame.ts"],
  ["src/wire/frame.ts", "node:stream"],
  ["src/wire/go-plugin/grpc/host.ts", "@grpc/grpc-js"],
  ["src/app/create-app.ts", "../adapters/rest/routes.ts"],
  ["src/bin/server.ts", "../app/create-app.ts"],
];

const plain = {
  "src/base/word.ts": "export const word = 1;\n",
  "src/base/e.ts": 'import { d } from "./d.ts";\nexport const e = d;\n',
  "src/app/d.ts": 'import { check } from "fast-check";\nexport const checked = check;\n',
  "src/base/alone.ts": "export const alone = 1;\n",
  "src/engine/untested.ts": "export const untested = 1;\n",
  "src/engine/uses-untested.ts":
    'import { untested } from "./untested.ts";\nexport const twice = untested;\n',
  "tools/tool.ts": 'import "node:os";\nexport const tool = 1;\n',
  "test/support/fake.ts": 'import "node:os";\nexport const fake = 1;\n',
  "test/engine/mean.test.ts": 'import "../../src/engine/mean.ts";\nexport const tested = 1;\n',
  "package.json": JSON.stringify({
    dependencies: {
      zod: "4",
      yaml: "2",
      undici: "7",
      express: "5",
      "@grpc/grpc-js": "1",
      "@stdlib/math-base-special-betaln": "7",
    },
    devDependencies: { "fast-check": "4" },
  }),
};

const root = mkdtempSync(join(tmpdir(), "coalmine-layers-"));
let found: ICruiseResult["summary"]["violations"];

beforeAll(async () => {
  for (const [path, text] of Object.entries(plain)) write(path, text);
  for (const [from, to] of [...allowed, ...broken.map(([, from, to]) => [from, to] as const)]) {
    write(from, `import type * as thing from ${JSON.stringify(to)};\nexport type Thing = typeof thing;\n`);
  }
  symlinkSync(join(import.meta.dirname, "../../node_modules"), join(root, "node_modules"));
  found = (await cruiseTree(root, ["src", "test", "tools"])).summary.violations;
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

describe("the import rules", () => {
  it.each(broken)("report by %s that %s imports %s", (rule, from) => {
    expect(reported(rule)).toContain(from);
  });

  it("report a product file that needs a dev package, more than for its types", () => {
    expect(reported("no-dev-package")).toEqual(["src/app/d.ts"]);
  });

  it("report a file that nothing imports and that imports nothing", () => {
    expect(reported("no-orphans")).toEqual(["src/base/alone.ts"]);
  });

  it("report an engine file that no test reaches", () => {
    const unreached = found.filter(({ rule }) => rule.name === "has-a-test").map(({ to }) => to);
    expect(unreached).toContain("src/engine/untested.ts");
    expect(unreached).not.toContain("src/engine/mean.ts");
  });

  it.each(allowed)("allow that %s imports %s", (from) => {
    expect(
      found.filter((violation) => violation.from === from && violation.rule.name !== "has-a-test"),
    ).toEqual([]);
  });

  it("are all shown to bite here", async () => {
    const { forbidden } = await extractRules(join(import.meta.dirname, "../../.dependency-cruiser.mjs"));
    const bitten = new Set(found.map(({ rule }) => rule.name));
    expect(forbidden?.map(({ name }) => name ?? "").filter((name) => !bitten.has(name))).toEqual([]);
  });

  it("fail where there is nothing to check", async () => {
    write("empty/readme.txt", "");
    await expect(cruiseTree(root, ["empty"])).rejects.toThrow("0 modules cruised");
  });
});

function reported(rule: string): string[] {
  return found.filter((violation) => violation.rule.name === rule).map(({ from }) => from);
}

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}
