import { describe, expect, it } from "vitest";
import { folderDiagram, withDiagram } from "../../tools/folder-diagram.ts";

describe("folderDiagram", () => {
  it("draws an arrow for each pair of folders, once, and none for base or for packages", () => {
    const diagram = drawn({
      "src/analysis/plan.ts": ["src/engine/a.ts", "src/base/errors.ts", "node_modules/zod/index.js"],
      "src/analysis/run/run.ts": ["src/engine/b.ts", "src/analysis/plan.ts"],
      "src/engine/a.ts": [],
      "src/engine/b.ts": ["src/engine/a.ts"],
    });
    expect(diagram).toEqual(['  analysis["analysis"]', '  engine["engine"]', "  analysis --> engine"]);
  });

  it("gives adapters that import the same folders one box, with one arrow to it", () => {
    const diagram = drawn({
      "src/adapters/argo-rollouts/plugin.ts": ["src/analysis/plan.ts", "src/wire/frame.ts"],
      "src/adapters/flagger/routes.ts": ["src/adapters/http/listen.ts"],
      "src/adapters/rest/routes.ts": ["src/adapters/http/problem.ts"],
      "src/adapters/http/listen.ts": [],
      "src/app/serve.ts": ["src/adapters/flagger/routes.ts", "src/adapters/rest/routes.ts"],
    });
    expect(diagram).toEqual([
      '  adapters_argo_rollouts["adapters/argo-rollouts"]',
      '  adapters_flagger["adapters/flagger<br>adapters/rest"]',
      '  adapters_http["adapters/http"]',
      '  app["app"]',
      "  adapters_argo_rollouts --> analysis",
      "  adapters_argo_rollouts --> wire",
      "  adapters_flagger --> adapters_http",
      "  app --> adapters_flagger",
    ]);
  });
});

describe("withDiagram", () => {
  it("replaces the diagram between the marks and nothing else", () => {
    const page =
      "before\n<!-- folders: drawn by `npm run architecture` -->\nstale\n<!-- /folders -->\nafter\n";
    const changed = withDiagram(page, "new");
    expect(changed).toBe(page.replace("stale", "new"));
    expect(withDiagram(changed, "new")).toBe(changed);
  });

  it("refuses a page without the marks", () => {
    expect(() => withDiagram("# Architecture\n", "new")).toThrow("wanted around the diagram");
  });
});

/** The lines between the fence and the head of the diagram of these imports. */
function drawn(imports: Readonly<Record<string, readonly string[]>>): string[] {
  const modules = Object.entries(imports).map(([source, targets]) => ({
    source,
    valid: true,
    dependencies: targets.map((resolved) => ({ resolved })),
  }));
  return folderDiagram({ modules } as unknown as Parameters<typeof folderDiagram>[0])
    .split("\n")
    .slice(2, -1);
}
