/** docs/flagger-metadata.md is held to the code: its keys are the code's, and its examples are read. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { createChooseSpec } from "../../../../src/adapters/flagger/spec/choose-spec.ts";
import { otherKeys, ownKeys } from "../../../../src/adapters/flagger/spec/choose-spec-keys.ts";
import { presetTable } from "../../../../src/analysis/presets/preset-table.ts";
import { metricWords, specWords } from "../../../../src/analysis/spec/words/spec-words.ts";
import { createNamedSpecs } from "../../../../src/app/flagger/named-specs.ts";
import { readSettings } from "../../../../src/app/settings/settings.ts";
import { fakeClock } from "../../../support/fake-clock.ts";
import { quietLogger } from "../../../support/quiet-logger.ts";
import { firstCells } from "../../../support/table-cells.ts";

const page = readFileSync(join(import.meta.dirname, "../../../../docs/flagger-metadata.md"), "utf8");

const examples = [...page.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, block = ""]) =>
  parseAllDocuments(block)[0]?.toJS(),
);

describe("docs/flagger-metadata.md", () => {
  it("has every key, and no other", () => {
    const told = firstCells(page, "| key | what it says | without it |");
    expect(told.toSorted()).toEqual([...ownKeys, ...otherKeys].toSorted());
  });

  it("has every word of a spec, and no other", () => {
    const told = firstCells(page, "| word | key of the spec |").filter((word) => word !== "telemetry…");
    const options = new Set([...presetTable.values()].flatMap((preset) => Object.keys(preset.options)));
    const known = [...specWords.keys(), ...metricWords].filter((word) => !/^telemetry[A-Z]/.test(word));
    expect(told.toSorted()).toEqual(known.toSorted());
    expect(specWords.size + metricWords.size - known.length).toBe(options.size);
  });

  it("has examples that are read", async () => {
    const [inCanary, words, server, named] = examples;
    const settings = readSettings(server, {});
    expect(settings.specsFolder).toBe("/etc/coalmine/specs");
    const specs = createNamedSpecs({
      specs: settings.specs,
      folder: null,
      clock: fakeClock(0),
      logger: quietLogger(),
    });
    const chooseSpec = createChooseSpec({ specs });
    const metadata = [inCanary.webhooks[0].metadata, words.metadata, named.metadata];
    const canary = { namespace: "shop", name: "checkout" };
    const choices = await Promise.all(
      metadata.map((one) =>
        chooseSpec({ hook: "pre-rollout", canary, phase: "Progressing", checksum: "1", metadata: one }),
      ),
    );
    expect(choices.flatMap(({ unknownKeys }) => unknownKeys)).toEqual([]);
    expect(choices.map(({ spec }) => spec)).toMatchObject([
      { durationMs: 900_000, metrics: [{ limit: { atMost: 0.005 } }, { limit: { atMostSeconds: 0.5 } }] },
      { canary: { workload: "checkout-app" }, baseline: { workload: "checkout-app-primary" } },
      { durationMs: 2_700_000, metrics: [{ kind: "errors" }, { kind: "ratio" }] },
    ]);
  });

  it.each([...presetTable.keys()])("says whether %s needs its cohorts named", async (telemetry) => {
    const chooseSpec = createChooseSpec({
      specs: createNamedSpecs({ specs: {}, folder: null, clock: fakeClock(0), logger: quietLogger() }),
    });
    const canary = { namespace: "shop", name: "checkout" };
    const call = {
      hook: "rollout",
      canary,
      phase: "Progressing",
      checksum: "1",
      metadata: { telemetry },
    } as const;
    const needsNone = !["envoy", "knative", "raw", "argo-istio-host"].includes(telemetry);
    const isChosen = await chooseSpec(call).then(
      () => true,
      () => false,
    );
    expect(isChosen).toBe(needsNone);
  });
});
