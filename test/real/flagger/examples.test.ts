/** Every Canary and MetricTemplate of plugins/flagger is accepted by a real API server and run by Flagger itself, faster than time. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sharedControlPlane } from "../../support/control-plane.ts";
import { createKubernetesApi, type KubernetesApi, type Manifest } from "../../support/kubernetes-api.ts";
import { createKubernetesNamespace } from "../../support/kubernetes-namespace.ts";
import { canaryRequests, judgedRequests } from "./examples/counted-requests.ts";
import {
  canaryOf,
  type ExampleCase,
  exampleCases,
  exampleFiles,
  loadTestsOf,
  manifestsOf,
} from "./examples/example-cases.ts";
import { begin, images, type Quality, type ReleaseEnd, release, whyOf } from "./examples/release.ts";
import { changedKeys, scaledTime } from "./examples/scaled-time.ts";
import { type ExamplesStage, openExamplesStage, stateless } from "./examples/stage.ts";

const named = exampleCases.map((one) => ({ ...one, name: one.files.join(" with ") }));
const specs = exampleCases.flatMap(({ spec }) => spec ?? []);
const manifestFiles = exampleFiles.filter((file) => !specs.includes(file));

let api: KubernetesApi;

beforeAll(() => {
  api = createKubernetesApi(sharedControlPlane());
});

afterAll(() => api.close());

describe("the files of plugins/flagger", () => {
  it("are each run below", () => {
    expect([...exampleCases.flatMap(({ files }) => files), ...specs].toSorted()).toEqual(exampleFiles);
  });

  it.each(manifestFiles)("%s differs in the test by its times and places only", (file) => {
    const places = {
      "coalmine.coalmine:8080": "http://coalmine.test",
      "flagger-loadtester.flagger": "http://load-tester.test",
      "prometheus.monitoring:9090": "http://prometheus.test",
    };
    const before = manifestsOf(file);
    const after = before.map((manifest) => scaledTime(manifest, places));
    expect(after).not.toEqual(before);
    expect(unchanged(after)).toEqual(unchanged(before));
  });

  it("are accepted as they stand, every field known", async () => {
    // No Flagger looks after this namespace.
    const namespace = await createKubernetesNamespace(api, "accepted");
    try {
      const applied = await namespace.apply(manifestFiles.flatMap(manifestsOf));
      expect(applied).toHaveLength(manifestFiles.length);
      const [canary] = manifestFiles.flatMap(manifestsOf).filter(({ kind }) => kind === "Canary");
      const misspelt = { ...canary, spec: { ...Object(canary?.["spec"]), treshold: 1 } } as Manifest;
      await expect(namespace.apply([misspelt])).rejects.toThrow("treshold");
    } finally {
      await namespace.remove();
    }
  });
});

describe("a release", () => {
  const ends = new Map<string, Promise<ReleaseEnd>>();
  let stage: ExamplesStage;
  let held: Promise<string>;

  beforeAll(async () => {
    stage = await openExamplesStage(api);
    for (const quality of ["good", "bad"] as const) {
      const namespace = await stage.flagger.createNamespace(quality);
      for (const one of named) {
        const end = release(namespace, stage.places, one, quality);
        // An error is the test's that waits for it.
        end.catch(() => {});
        ends.set(`${quality} ${one.name}`, end);
      }
    }
    held = releaseWithoutStates();
    held.catch(() => {});
  });

  afterAll(async () => {
    await Promise.allSettled([...ends.values(), held]);
    await stage?.close();
  });

  it.each(named)("that is good is promoted, by $name", async ({ name, reason }) => {
    const end = await endOf("good", name);
    expect(end.state.status.phase, whyOf(end)).toBe("Succeeded");
    expect(end.image).toBe(images.good);
    if (reason === "score") return;
    expect(messages(end, "coalmine", "CoalminePass")).toEqual([expect.stringMatching(/canary \d/)]);
  });

  it.each(named)("that is bad is rolled back with our reason, by $name", async ({ name, reason }) => {
    const end = await endOf("bad", name);
    expect(end.state.status.phase, whyOf(end)).toBe("Failed");
    expect(end.image).toBe(images.first);
    const told =
      reason === "score"
        ? messages(end, "flagger", "Synced").filter((text) => / coalmine \d+\.\d+ < 25$/.test(text))
        : messages(end, "coalmine", "CoalmineFail").filter((text) => /canary \d+(\.\d+)? % \(\d/.test(text));
    expect(told, whyOf(end)).toHaveLength(1);
  });

  it.each(named.filter((one) => loadTestsOf(one).length > 0))(
    "is sent the load it had before, by $name",
    async (one) => {
      await endOf("good", one.name);
      const calls = stage.loadTester.calls(canaryOf(one).name);
      const run = new Set(calls.map(({ metadata }) => metadata["cmd"]));
      expect([...run].toSorted()).toEqual(loadTestsOf(one).toSorted());
    },
  );

  it("is judged by the requests of three regions together, by MindWeave's", async () => {
    const { name: example = "" } = named.find(({ name: one }) => one.includes("mindweave")) ?? {};
    const { state } = await endOf("good", example);
    const { name, namespace } = state.metadata;
    const { judged, decidedAt } = await judgedRequests(stage.coalmine.url, namespace, name);
    const inRegions = await Promise.all(
      Object.values(stage.regions).map((url) => canaryRequests(url, namespace, name, decidedAt)),
    );
    expect(inRegions).toHaveLength(3);
    expect(Math.min(...inRegions)).toBeGreaterThan(0);
    expect(judged).toBeGreaterThan(Math.max(...inRegions));
  });

  it("is held where the state of its pods is not told, and says what is missing", async () => {
    await expect(held).resolves.toMatch(/inconclusive: ready: no canary samples from kube_pod_status_ready/);
  });

  async function endOf(quality: Quality, name: string): Promise<ReleaseEnd> {
    const end = ends.get(`${quality} ${name}`);
    if (end === undefined) throw new Error(`no ${quality} release of ${name}`);
    return await end;
  }

  /** What is said of the hold of a good release whose spec asks for series that nobody has. */
  async function releaseWithoutStates(): Promise<string> {
    const one = withSpec();
    const namespace = await stage.flagger.createNamespace(stateless);
    const canary = await begin(namespace, stage.places, one, "good");
    const [event] = await namespace.waitFor({
      what: `${canary.name} is held`,
      read: async () =>
        (await namespace.events(`Canary/${canary.name}`)).filter(({ reason }) => reason === "CoalmineHeld"),
      until: (events) => events.length > 0,
      seconds: 400,
    });
    return event?.message ?? "";
  }
});

function withSpec(): ExampleCase {
  const one = exampleCases.find(({ spec }) => spec !== undefined);
  if (one === undefined) throw new Error("no example names a spec");
  return one;
}

function messages({ events }: ReleaseEnd, from: string, reason: string): readonly string[] {
  return events
    .filter((event) => event.from === from && event.reason === reason)
    .map(({ message }) => message);
}

/** Everything but what a test may change. */
function unchanged(manifests: readonly Manifest[]): unknown {
  const others = (key: string, value: unknown) => (changedKeys.includes(key) ? undefined : value);
  return JSON.parse(JSON.stringify(manifests, others));
}
