import { describe, expect, it } from "vitest";
import { pickSources } from "../../src/analysis/pick-sources.ts";
import { parseSpec } from "../../src/analysis/spec/parse-spec.ts";

const named = (name: string) => ({
  source: { name, read: async () => ({ series: [], warnings: [] }) },
  ingestionDelayMs: 0,
});

describe("pickSources", () => {
  it("names the settings' sources where one is unknown, and not the addresses that other specs brought", () => {
    const known = new Map(
      ["default", "us-east", "http://prometheus.other-team.svc:9090"].map((name) => [name, named(name)]),
    );
    const cohorts = { canary: { version: "v2" }, baseline: { version: "v1" } };
    const spec = parseSpec({ service: "checkout", telemetry: "http", cohorts, source: "us-west" });
    expect(() => pickSources(spec, known)).toThrow(/^(?!.*other-team).*the settings name: default, us-east$/);
  });
});
