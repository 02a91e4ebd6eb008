/**
 * Writes docs/spec.md and schema/analysis.v1.schema.json from the spec's schema
 * and the preset table. Run it after a change to either; a test holds the files
 * to what it writes.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Preset } from "../src/analysis/presets/preset.ts";
import { presetTable } from "../src/analysis/presets/preset-table.ts";
import { specFields, specJsonSchema } from "../src/analysis/spec/json-schema.ts";

/** The generated files: path from the root of the project, and content. */
export function specDocs(): readonly { readonly path: string; readonly content: string }[] {
  return [
    { path: "schema/analysis.v1.schema.json", content: `${JSON.stringify(specJsonSchema(), null, 2)}\n` },
    { path: "docs/spec.md", content: page() },
  ];
}

/** The checked-in text of a file of {@link specDocs}. */
export function checkedIn(path: string): string {
  return readFileSync(absolute(path), "utf8");
}

if (import.meta.main) {
  for (const { path, content } of specDocs()) writeFileSync(absolute(path), content);
}

function absolute(path: string): string {
  return fileURLToPath(new URL(`../${path}`, import.meta.url));
}

function page(): string {
  const template = checkedIn("tools/spec-docs.template.md");
  return template
    .replace("<!-- fields -->", () =>
      table(["key", "what it takes", "default", "what it means"], fieldRows()),
    )
    .replace("<!-- presets -->", () => [...presetTable.values()].map(presetSection).join("\n\n"));
}

/** One row a key; a key that several kinds of metric have alike is told once. */
function fieldRows(): string[][] {
  const rows = new Map<
    string,
    { readonly kinds: string[]; readonly path: string; readonly cells: string[] }
  >();
  for (const { path, type, default: fallback, description } of specFields()) {
    const kind = /^metrics\[(\w+)\]/.exec(path)?.[1];
    const cells = [type, fallback === "" || fallback === "{}" ? "" : `\`${fallback}\``, description];
    const anyKind = path.replace(/^metrics\[\w+\]/, "metrics[]");
    const key = [anyKind, ...cells].join("\n");
    const row = rows.get(key) ?? { kinds: [], path: anyKind, cells };
    if (kind !== undefined) row.kinds.push(kind);
    rows.set(key, row);
  }
  return [...rows.values()].map(({ kinds, path, cells }) => {
    const named = path.replace("[]", kinds.length === 5 ? "[any]" : `[${kinds.join(", ")}]`);
    return [`\`${named}\``, ...cells];
  });
}

function presetSection({ name, about, options, cohortFields, cohorts, needsNamespace }: Preset): string {
  const fields = cohortFields.map((field) => `\`${field}\``).join(", ");
  const needs = [
    cohorts("", {}) === null ? "Needs `cohorts`" : "Knows its cohorts",
    ...(needsNamespace ? ["needs `namespace`"] : []),
  ];
  const rows = Object.entries(options).map(([option, { about: meaning, values }]) => [
    `\`${option}\``,
    values === undefined ? "" : values.map((value) => `\`${value}\``).join(", "),
    meaning,
  ]);
  const parts = [`### ${name}`, about, `${needs.join(", ")}; a cohort takes ${fields}.`];
  if (rows.length > 0) parts.push(table(["option", "one of", "what it means"], rows));
  return parts.join("\n\n");
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
