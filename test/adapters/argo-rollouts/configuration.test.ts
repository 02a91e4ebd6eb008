import { describe, expect, it } from "vitest";
import {
  completeConfiguration,
  readConfiguration,
  wantsHash,
} from "../../../src/adapters/argo-rollouts/configuration.ts";
import type { Release } from "../../../src/adapters/argo-rollouts/release.ts";

const release: Release = { namespace: "shop", rollout: "checkout", canaryHash: "6bd9", stableHash: "5c8f" };
const complete = (document: Readonly<Record<string, unknown>>, changes: Partial<Release> = {}) =>
  completeConfiguration({ telemetry: "http", ...document }, { ...release, ...changes });

describe("completeConfiguration", () => {
  it("makes a spec of a telemetry alone: the Rollout's pods by their hashes", () => {
    expect(complete({})).toMatchObject({
      service: "checkout",
      namespace: "shop",
      canary: { workload: "checkout", hash: "6bd9" },
      baseline: { workload: "checkout", hash: "5c8f" },
    });
  });

  it("keeps what the document says, as text too", () => {
    const spec = complete({ service: "api", namespace: "web", duration: "20m", minCanaryRequests: "500" });
    expect(spec).toMatchObject({
      service: "api",
      namespace: "web",
      durationMs: 1_200_000,
      minCanaryRequests: 500,
    });
  });

  it("fills the hash into a cohort that names only the label which holds it", () => {
    const hashLabel = "rollouts_pod_template_hash";
    const { canary, baseline } = complete({ cohorts: { canary: { hashLabel }, baseline: { hashLabel } } });
    expect(canary).toEqual({ hashLabel, hash: "6bd9" });
    expect(baseline).toEqual({ hashLabel, hash: "5c8f" });
  });

  it("leaves a cohort alone that says which pods it is", () => {
    const cohorts = { canary: { version: "v2" }, baseline: { version: "v1" } };
    expect(complete({ cohorts })).toMatchObject(cohorts);
    expect(wantsHash({ telemetry: "http", cohorts }, "canary")).toBe(false);
    expect(wantsHash({ telemetry: "http", cohorts }, "baseline")).toBe(false);
  });

  it("judges limits only where a canary is named and no baseline", () => {
    const document = { cohorts: { canary: {} }, metrics: [{ kind: "errors", limit: "1%" }] };
    expect(complete(document)).toMatchObject({ canary: { hash: "6bd9" }, baseline: null });
    expect(wantsHash({ telemetry: "http", ...document }, "baseline")).toBe(false);
  });

  it("compares both where the map of cohorts is empty, as where there is none", () => {
    const metrics = [{ kind: "errors", limit: "1%", compare: {} }];
    expect(complete({ cohorts: {}, metrics })).toEqual(complete({ metrics }));
    expect(complete({ cohorts: {}, metrics })).toMatchObject({ baseline: { hash: "5c8f" } });
    expect(wantsHash({ telemetry: "http", cohorts: {} }, "baseline")).toBe(true);
  });

  it("refuses to look more often than the controller can ask", () => {
    expect(complete({ interval: "1s" }).intervalMs).toBe(1_000);
    expect(() => complete({ interval: "900ms" })).toThrow("interval: expected at least 1s");
  });

  it("leaves a preset alone that knows its cohorts", () => {
    const document = { telemetry: "flagger-istio" };
    expect(wantsHash(document, "canary")).toBe(false);
    expect(complete(document)).toMatchObject({ canary: { workload: "checkout" } });
  });

  it("fills a hash in for every telemetry that takes one, and says what the others take", () => {
    expect(complete({ telemetry: "argo-istio-subset" })).toMatchObject({
      canary: { workload: "checkout", hash: "6bd9" },
    });
    const document = { telemetry: "traefik" };
    expect(wantsHash(document, "baseline")).toBe(false);
    expect(() => complete(document)).toThrow(/cohorts.canary: names no pods; traefik takes service/);
  });

  it("takes pods of the service where no Rollout is known", () => {
    const { canary } = complete({ service: "api" }, { rollout: null });
    expect(canary).toEqual({ hash: "6bd9" });
  });

  it.each([
    [{ service: "" }, "service"],
    [{ cohorts: { canary: { hash: "" }, baseline: {} } }, "cohorts.canary.hash"],
    [{ cohorts: "v1,v2" }, "cohorts"],
    [{ colour: "red" }, "colour"],
  ])("refuses %j by name", (document, path) => {
    expect(() => complete(document)).toThrow(
      expect.objectContaining({ message: expect.stringContaining(path) }),
    );
  });
});

describe("readConfiguration", () => {
  it("reads a map, and none as an empty one", () => {
    expect(readConfiguration('{"telemetry":"http"}')).toEqual({ telemetry: "http" });
    expect(readConfiguration("")).toEqual({});
  });

  it.each(["[]", "3", '"text"', "null", "{"])("refuses %s", (text) => {
    expect(() => readConfiguration(text)).toThrow(/configuration/);
  });
});
