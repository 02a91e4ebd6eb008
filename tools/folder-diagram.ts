/** The diagram of docs/architecture.md: which folder of src/ imports which, drawn from the imports themselves. */
import type { ICruiseResult } from "dependency-cruiser";

const begin = "<!-- folders: drawn by `npm run architecture` -->";
const end = "<!-- /folders -->";

/**
 * The folders as a Mermaid flowchart. An arrow says "imports something of",
 * types included. Adapters that import the same folders share a box. `base` is
 * left out: it is words, and nearly every folder imports it.
 */
export function folderDiagram({ modules }: Pick<ICruiseResult, "modules">): string {
  const boxes = boxesOf(importsByFolder(modules));
  const idOfFolder = new Map(
    boxes.flatMap(({ id, members }) => members.map((member) => [member, id] as const)),
  );
  const shapes = boxes.map(({ id, members }) => `  ${id}["${members.join("<br>")}"]`);
  const arrows = boxes.flatMap(({ id, targets }) => {
    const reached = new Set(targets.map((target) => idOfFolder.get(target) ?? idOf(target)));
    return [...reached].map((target) => `  ${id} --> ${target}`);
  });
  return ["```mermaid", "flowchart TD", ...shapes, ...arrows, "```"].join("\n");
}

/**
 * The page with `diagram` in place of the one it has.
 *
 * @throws Error if the page has lost the marks around the diagram.
 */
export function withDiagram(page: string, diagram: string): string {
  const start = page.indexOf(begin);
  const stop = page.indexOf(end);
  if (start < 0 || stop < start)
    throw new Error(`docs/architecture.md: "${begin}" … "${end}" wanted around the diagram`);
  return `${page.slice(0, start)}${begin}\n${diagram}\n${page.slice(stop)}`;
}

interface Box {
  readonly id: string;
  readonly members: string[];
  readonly targets: readonly string[];
}

function importsByFolder(modules: ICruiseResult["modules"]): ReadonlyMap<string, ReadonlySet<string>> {
  const imports = new Map<string, Set<string>>();
  for (const { source, dependencies } of modules) {
    const from = folderOf(source);
    if (from === null) continue;
    const targets = imports.get(from) ?? new Set();
    imports.set(from, targets);
    for (const to of dependencies.map(({ resolved }) => folderOf(resolved))) {
      if (to !== null && to !== from) targets.add(to);
    }
  }
  return imports;
}

function boxesOf(imports: ReadonlyMap<string, ReadonlySet<string>>): readonly Box[] {
  const boxes = new Map<string, Box>();
  for (const [folder, reached] of [...imports].sort(([a], [b]) => a.localeCompare(b, "en"))) {
    const targets = [...reached].sort();
    const isShared = folder.startsWith("adapters/") && folder !== "adapters/http";
    const key = isShared ? `adapters that import ${targets.join()}` : folder;
    const box = boxes.get(key) ?? { id: idOf(folder), members: [], targets };
    box.members.push(folder);
    boxes.set(key, box);
  }
  return [...boxes.values()];
}

function folderOf(path: string): string | null {
  const folder = /^src\/(adapters\/[^/]+|[^/]+)\//.exec(path)?.[1] ?? null;
  return folder === "base" ? null : folder;
}

function idOf(folder: string): string {
  return folder.replaceAll(/\W/g, "_");
}
