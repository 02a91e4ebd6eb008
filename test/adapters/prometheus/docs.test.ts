/** docs/prometheus-endpoint.md is held to the code: its labels are the code's, and its queries are understood. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { metricNames } from "../../../src/adapters/prometheus/metric-series.ts";
import { parseQuery } from "../../../src/adapters/prometheus/parse-query.ts";
import { errorTypes } from "../../../src/adapters/prometheus/prometheus-errors.ts";
import { readQuestion } from "../../../src/adapters/prometheus/read-question.ts";
import { startingLabels } from "../../../src/adapters/prometheus/spec-labels.ts";
import { firstCells } from "../../support/table-cells.ts";

const root = join(import.meta.dirname, "../../..");
const page = readFileSync(join(root, "docs/prometheus-endpoint.md"), "utf8");
const readme = readFileSync(join(root, "src/adapters/prometheus/README.md"), "utf8");

function blocks(text: string, language: string): readonly string[] {
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, "gms"))].map(
    ([, block]) => block ?? "",
  );
}

function kindOf(text: string): string {
  const query = parseQuery(text);
  return query.kind === "series" ? readQuestion(query.metric, query.matchers).kind : query.kind;
}

describe("docs/prometheus-endpoint.md", () => {
  it("has every metric and every label, and no other", () => {
    expect(firstCells(page, "| metric | its value |").toSorted()).toEqual(metricNames.toSorted());
    const told = firstCells(page, "| label | key of the spec |").filter((label) => label !== "telemetry_…");
    const known = [...startingLabels, "service", "namespace"].filter(
      (label) => !label.startsWith("telemetry_"),
    );
    expect(told.toSorted()).toEqual(known.toSorted());
  });

  it("has every type of error", () => {
    const told = page.split("\n| status | `errorType` | when |\n")[1] ?? "";
    expect(Object.values(errorTypes).filter((type) => !told.includes(`\`${type}\``))).toEqual([]);
  });

  it("has queries that are understood", () => {
    const lines = blocks(page, "promql").flatMap((block) => block.trim().split("\n"));
    expect(lines.map(kindOf)).toEqual(["select", "select", "select", "vector", "start", "start"]);
  });

  it("has templates whose queries start an analysis once they are filled in", () => {
    const documents = blocks(page, "yaml").flatMap((block) =>
      parseAllDocuments(block).map((one) => one.toJS()),
    );
    const queries = documents.flatMap((one) =>
      one.kind === "AnalysisTemplate"
        ? one.spec.metrics[0].provider.prometheus.query
        : (one.spec?.query ?? []),
    );
    expect(
      queries.map((query: string) =>
        kindOf(query.replaceAll(/\{\{(.*?)\}\}/g, (_, name) => name.replaceAll(/\W/g, ""))),
      ),
    ).toEqual(["start", "start"]);
  });

  it("has an answer in JSON that is JSON", () => {
    expect(blocks(page, "json").map((block) => parse(block).status)).toEqual(["success"]);
  });
});

it("has a README whose query is understood", () => {
  const [, query = ""] = /'(coalmine_score\{.*?\})'/.exec(readme) ?? [];
  expect(kindOf(query)).toBe("start");
});
