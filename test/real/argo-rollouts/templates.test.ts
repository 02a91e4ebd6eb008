/** Every file of analysis-templates is accepted by a real API server and run by the stock controller, faster than time. */
import { globSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { type AnalysisRun, measurementsOf } from "../../support/analysis-run.ts";
import { sharedControlPlane } from "../../support/control-plane.ts";
import { createKubernetesApi, type KubernetesApi } from "../../support/kubernetes-api.ts";
import { createKubernetesNamespace } from "../../support/kubernetes-namespace.ts";
import type { Ended } from "../coalmine-process.ts";
import { createGate } from "./templates/gate.ts";
import { reasonIn, whyOf } from "./templates/reason-in.ts";
import {
  allMeasurements,
  promote,
  type Quality,
  type ReleaseEnd,
  release,
  retry,
} from "./templates/release.ts";
import { scaledTime } from "./templates/scaled-time.ts";
import { openStage, type Stage } from "./templates/stage.ts";
import {
  manifestsOf,
  type TemplateCase,
  templateCases,
  templatesFolder,
} from "./templates/template-cases.ts";
import { traefikServiceCrd } from "./templates/traefik-crd.ts";

const files = globSync("**/*.yaml", { cwd: templatesFolder }).toSorted();
const named = templateCases.map((one) => ({ ...one, name: one.files.join(" with ") }));

/** Releases at the same time: more of them, and two cores do not keep up with the seconds of each. */
const atOnce = 8;

let api: KubernetesApi;

beforeAll(async () => {
  api = createKubernetesApi(sharedControlPlane());
  await api.apply(traefikServiceCrd);
});

afterAll(async () => {
  await api.delete({ kind: "CustomResourceDefinition", name: traefikServiceCrd.metadata.name ?? "" });
  await api.close();
});

describe("the files of analysis-templates", () => {
  it("are each run below", () => {
    expect(templateCases.flatMap((one) => one.files).toSorted()).toEqual(files);
  });

  it.each(files)("%s differs in the test by its times and places only", (file) => {
    const places = { server: "http://server.test", prometheus: "http://prometheus.test" };
    const changed = manifestsOf(file).flatMap((one) => differences(one, scaledTime(one, places)));
    const known =
      /^(?:duration|interval|tick|warmup|initialDelay|holdTimeout|value|query|args|schedulerName)$/;
    expect(changed.filter((key) => !known.test(key))).toEqual([]);
  });

  it.each(files)("%s is accepted as it stands, every field known", async (file) => {
    // No controller looks after it: it is without an installation's label.
    const namespace = await createKubernetesNamespace(api, "accepted");
    try {
      const applied = await namespace.apply(manifestsOf(file));
      expect(applied).not.toHaveLength(0);
    } finally {
      await namespace.remove();
      await removeClusterTemplates([file]);
    }
  });
});

describe("a release", () => {
  const ends = new Map<string, Promise<ReleaseEnd>>();
  let stage: Stage;

  beforeAll(async () => {
    stage = await openStage(api);
    const enter = createGate(atOnce);
    for (const one of named) {
      for (const quality of qualitiesOf(one)) {
        const end = enter(() => release(stage, one, quality));
        // An error is the test's that waits for it.
        end.catch(() => {});
        ends.set(`${quality} ${one.name}`, end);
      }
    }
  });

  afterAll(async () => {
    await stage?.close();
    await removeClusterTemplates(files);
  });

  it.each(named)("that is good is promoted, by $name", { timeout: 900_000 }, async ({ name, reason }) => {
    const end = await endOf(`good ${name}`);
    expect(end.state.status, whyOf(end, jobOf(end))).toMatchObject({ phase: "Healthy", abort: false });
    expect(end.state.status.stableRS).toBe(end.state.status.currentPodHash);
    if (reason === "step message") return;
    const passed = allMeasurements(end).filter(({ phase }) => phase === "Successful");
    expect(passed).not.toHaveLength(0);
    if (reason === "run message") {
      expect(passed.map(({ message }) => message)).toContainEqual(expect.stringMatching(/canary \d/));
    }
  });

  it.each(named)(
    "that is bad is aborted with our reason, by $name",
    { timeout: 900_000 },
    async ({ name, reason }) => {
      const end = await endOf(`bad ${name}`);
      expect(end.state.status, whyOf(end, jobOf(end))).toMatchObject({ phase: "Degraded", abort: true });
      expect(end.state.status.stableRS).not.toBe(end.state.status.currentPodHash);
      expect(reasonIn(end, reason, jobOf(end))).toMatch(/canary \d+(\.\d+)? % \(\d|together: evidence \d/);
    },
  );

  it.each(named.filter(({ unseen }) => unseen !== undefined))(
    "of which nothing can be known is $unseen, by $name",
    { timeout: 900_000 },
    async ({ name, unseen }) => {
      const end = await endOf(`unseen ${name}`);
      const isPaused = unseen === "paused";
      const outcome = isPaused ? { phase: "Paused", abort: false } : { phase: "Degraded", abort: true };
      expect(end.state.status, whyOf(end, jobOf(end))).toMatchObject(outcome);
      expect(allMeasurements(end).map(({ phase }) => phase)).not.toContain("Successful");
      if (!isPaused) return;
      const { status } = await promote(stage.argo, end);
      expect(status.stableRS).toBe(status.currentPodHash);
    },
  );

  it.each(["web/", "prometheus/"])(
    "that is tried again is analysed again, by the template of %s",
    { timeout: 900_000 },
    async (folder) => {
      const { name } = named.find(({ files: [first] }) => first?.startsWith(folder)) ?? { name: folder };
      const end = await endOf(`bad ${name}`);
      const again = await retry(stage.argo, end);
      const attempts = [...end.runs, again].map(argumentOf("attempt"));
      expect(new Set(attempts).size).toBe(2);
      expect(measurementsOf(again).map(({ phase }) => phase)).toContain("Inconclusive");
    },
  );

  async function endOf(name: string): Promise<ReleaseEnd> {
    const end = ends.get(name);
    if (end === undefined) throw new Error(`no release ${name}`);
    return await end;
  }

  /** How the Job of a release ended; null if it has none. */
  function jobOf({ namespace }: ReleaseEnd): Ended | null {
    return stage.jobs.ended(namespace.name);
  }
});

/** The keys that stand above what is not the same; below a list those of its elements. */
function differences(before: unknown, after: unknown, key = ""): readonly string[] {
  if (isDeepStrictEqual(before, after)) return [];
  const [old, young] = [before, after].map((value) => (typeof value === "object" ? Object(value) : null));
  if (old === null || young === null) return [key];
  const isList = Array.isArray(before);
  const keys = [...new Set([...Object.keys(old), ...Object.keys(young)])];
  return keys.flatMap((child) => differences(old[child], young[child], isList ? key : child));
}

/** The value that the controller gave an argument of a run. */
function argumentOf(name: string): (run: AnalysisRun) => string | undefined {
  return (run) => withArguments.parse(run).spec.args.find((argument) => argument.name === name)?.value;
}

const withArguments = z.looseObject({
  spec: z.looseObject({ args: z.array(z.looseObject({ name: z.string(), value: z.string().optional() })) }),
});

function qualitiesOf({ unseen }: TemplateCase): readonly Quality[] {
  return unseen === undefined ? ["good", "bad"] : ["good", "bad", "unseen"];
}

async function removeClusterTemplates(of: readonly string[]): Promise<void> {
  for (const { kind, metadata } of of.flatMap(manifestsOf)) {
    if (kind !== "ClusterAnalysisTemplate" || metadata.name === undefined) continue;
    const name = { kind, name: metadata.name };
    if ((await api.find(name)) !== null) await api.delete(name);
  }
}
