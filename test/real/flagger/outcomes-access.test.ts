/** What becomes of releases where Coalmine asks for tokens: webhooks, and the MetricTemplate of plugins/flagger. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import type { Manifest } from "../../support/kubernetes-api.ts";
import { badTag } from "../../support/pod-metrics/pod-metrics.ts";
import { readManifests } from "../../support/read-manifests.ts";
import { canaryManifests } from "./canary-manifests.ts";
import {
  inBackground,
  type JudgedCanary,
  judge,
  type Outcome,
  type OutcomeStage,
  openOutcomeStage,
} from "./outcomes.ts";

const ofShop = "hunter2-of-the-shop";
const ofTeam = "hunter2-of-the-team";
const ofAll = "hunter2-of-everybody";
const tokens = [
  { name: "shop", token: ofShop, namespaces: ["shop-*"] },
  { name: "team", token: ofTeam, namespaces: ["team-*"] },
  { name: "all", token: ofAll, namespaces: ["*"] },
];

/** Secrets as a MetricTemplate names them. */
const secrets = {
  bearer: { token: ofShop },
  basic: { username: "flagger", password: ofShop },
  foreign: { token: ofTeam },
} as const;

let stage: OutcomeStage;
let releases: ReturnType<typeof releaseAll>;

beforeAll(async () => {
  stage = await openOutcomeStage({ settings: { access: { tokens }, logLevel: "debug" } });
  for (const name of ["bearer", "basic", "foreign"] as const) await stage.namespace.apply(template(name));
  releases = releaseAll();
});

afterAll(async () => {
  await Promise.allSettled(Object.values(releases ?? {}));
  await stage?.close();
});

describe("a webhook's token", () => {
  it("may stand in the metadata", async () => {
    const { phase, image, coalmine } = await releases.metadata;
    expect({ phase, image }).toEqual({ phase: "Succeeded", image: "shop/checkout:2" });
    expect(coalmine.at(-1)).toMatch(/^Normal CoalminePass /);
  });

  it("may stand in the URL", async () => {
    const { phase, flagger, coalmine } = await releases.url;
    expect(phase).toBe("Failed");
    expect(flagger).toContain("Rollback check rollback passed");
    expect(coalmine.at(-1)).toMatch(/^Warning CoalmineFail /);
  });

  it("of another namespace starts nothing, and Flagger's event says why", async () => {
    const { phase, flagger, coalmine } = await releases.team;
    expect(phase).toBe("Failed");
    const { name } = stage.namespace;
    const refusal = `the token team may not write in the namespace "${name}"; add "${name}" to its namespaces in the server's settings, or use another token`;
    expect(flagger).toContain(
      `Halt team.${name} advancement pre-rollout check pre-rollout failed ${refusal}`,
    );
    expect(coalmine).toEqual([]);
    expect(await verdictsOf("team")).toEqual([]);
  });

  it("that is missing is asked for in Flagger's event", async () => {
    const { flagger, coalmine } = await releases.nobody;
    expect(flagger).toContainEqual(
      expect.stringMatching(/pre-rollout failed the webhook needs a token: put one into metadata\.token /),
    );
    expect(coalmine).toEqual([]);
    expect(await verdictsOf("nobody")).toEqual([]);
  });
});

describe.each(["bearer", "basic"] as const)("a MetricTemplate with %s credentials", (secret) => {
  it("promotes a good release", async () => {
    const { phase, image } = await releases[`${secret}-good`];
    expect({ phase, image }).toEqual({ phase: "Succeeded", image: "shop/checkout:2" });
    expect(await verdictsOf(`${secret}-good`)).toEqual(["pass"]);
  });

  it("rolls a bad release back", async () => {
    const { phase, image, flagger } = await releases[`${secret}-bad`];
    expect({ phase, image }).toEqual({ phase: "Failed", image: "shop/checkout:1" });
    expect(flagger).toContainEqual(expect.stringMatching(/^Halt \S+ advancement coalmine \d+\.\d\d < 25$/));
    expect(await verdictsOf(`${secret}-bad`)).toEqual(["fail"]);
  });
});

it("a MetricTemplate with another namespace's token fails its checks, and Flagger's event says why", async () => {
  const { phase, image, flagger } = await releases.foreign;
  expect({ phase, image }).toEqual({ phase: "Failed", image: "shop/checkout:1" });
  expect(flagger).toContainEqual(
    expect.stringMatching(/^Metric query failed for coalmine: .*the token team may not write in /s),
  );
  expect(await verdictsOf("foreign")).toEqual([]);
});

it("no token is in the log or in an event", async () => {
  const outcomes = await Promise.all<Outcome>(Object.values(releases));
  const texts = [
    stage.coalmine.log(),
    ...outcomes.flatMap(({ flagger, coalmine }) => [...flagger, ...coalmine]),
  ];
  expect(texts.filter((text) => text.includes("hunter2"))).toEqual([]);
});

function releaseAll() {
  const end = async (manifests: readonly Manifest[], tag = "") =>
    await (await stage.openAndRelease(manifests, `shop/checkout:2${tag}`)).end();
  const asked = (name: string, options: Partial<JudgedCanary>) =>
    stage.judged({ name, strategy: "weights", ...options });
  const measured = (name: string, secret: keyof typeof secrets) => {
    const analysis = { threshold: 1, stepWeight: 10, maxWeight: 50, metrics: [metricOf(secret)] };
    return canaryManifests({ name, strategy: "weights", analysis });
  };
  // Flagger shows the text of these two.
  const hooks = ["pre-rollout", "rollout"] as const;
  return inBackground({
    metadata: end(asked("metadata", { metadata: { ...judge, token: ofShop } })),
    url: end(asked("url", { password: ofShop }), badTag),
    team: end(asked("team", { metadata: { ...judge, token: ofTeam }, hooks })),
    nobody: end(asked("nobody", { hooks })),
    "bearer-good": end(measured("bearer-good", "bearer")),
    "bearer-bad": end(measured("bearer-bad", "bearer"), badTag),
    "basic-good": end(measured("basic-good", "basic")),
    "basic-bad": end(measured("basic-bad", "basic"), badTag),
    foreign: end(measured("foreign", "foreign")),
  });
}

function metricOf(secret: keyof typeof secrets) {
  return {
    name: "coalmine",
    templateRef: { name: `coalmine-${secret}` },
    templateVariables: { duration: "20s" },
    thresholdRange: { min: 25 },
    interval: "1m",
  };
}

const templateFile = join(import.meta.dirname, "../../../plugins/flagger/metric-templates/coalmine.yaml");

/** The shipped one with the address of the stage's server, a Secret, and times that a test can wait for. */
function template(secret: keyof typeof secrets): readonly Manifest[] {
  const name = `coalmine-${secret}`;
  const { tick, interval, warmup } = judge;
  const scaled = `, tick="${tick}", interval="${interval}", warmup="${warmup}"}`;
  const templates = readManifests(readFileSync(templateFile, "utf8")).map((manifest) => {
    const { provider, query } = templateSpec.parse(manifest["spec"]);
    const address = provider.address.replace("http://coalmine.coalmine:8080", stage.coalmine.url);
    return {
      ...manifest,
      metadata: { name },
      spec: {
        provider: { ...provider, address, secretRef: { name } },
        query: query.replace(/\}\s*$/, scaled),
      },
    };
  });
  const stored = { apiVersion: "v1", kind: "Secret", metadata: { name }, stringData: secrets[secret] };
  return [stored, ...templates];
}

/** Of the analyses of a service so far. */
async function verdictsOf(service: string): Promise<readonly (string | null)[]> {
  const headers = { authorization: `Bearer ${ofAll}` };
  const response = await fetch(`${stage.coalmine.url}/v1/analyses`, { headers });
  const { analyses } = listSchema.parse(await response.json());
  return analyses.filter((one) => one.service === service).map(({ verdict }) => verdict);
}

const templateSpec = z.looseObject({
  provider: z.looseObject({ address: z.string() }),
  query: z.string(),
});

const listSchema = z.looseObject({
  analyses: z.array(z.looseObject({ service: z.string(), verdict: z.string().nullable() })),
});
