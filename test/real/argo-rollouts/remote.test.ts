/** The plugin remote: the stock controller asks it, it asks a Coalmine server, and that judges; also when it was away meanwhile. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { stringify } from "yaml";
import { freePort } from "../../servers/free-port.ts";
import { installServerAccount, type ServerAccount } from "../../servers/install-server-account.ts";
import { type AnalysisRun, measurementsOf } from "../../support/analysis-run.ts";
import { certificatesIn } from "../../support/certificates.ts";
import { sharedControlPlane } from "../../support/control-plane.ts";
import { createKubernetesApi, type KubernetesApi } from "../../support/kubernetes-api.ts";
import { readManifests } from "../../support/read-manifests.ts";
import { type CoalmineServer, startCoalmineServer } from "../coalmine-server.ts";
import {
  analysisStep,
  badImage,
  checkoutWith,
  goodImage,
  openShop,
  patience,
  quickSpec,
  type Shop,
  sourceOf,
} from "./shop.ts";

const token = "the-token-of-argo-rollouts";
const reader = join(import.meta.dirname, "../../../plugins/argo-rollouts/remote/rollout-reader.yaml");

const folder = mkdtempSync(join(tmpdir(), "coalmine-remote-"));
const file = (name: string) => join(folder, name);
let admin: KubernetesApi;
let account: ServerAccount;
let server: CoalmineServer;
let shop: Shop;

beforeAll(async () => {
  const plane = sharedControlPlane();
  admin = createKubernetesApi(plane);
  account = await installServerAccount(admin, plane);
  await mayReadRollouts(readFileSync(account.namespaceFile, "utf8"));
  const make = certificatesIn(folder);
  await make.createAuthority("authority");
  await make.createCertificate("server", "authority", "subjectAltName=IP:127.0.0.1");
  writeFileSync(file("token"), `${token}\n`);
  shop = await openShop({
    async pluginArgs(prometheus) {
      const port = await freePort();
      server = await startCoalmineServer({
        sources: { default: sourceOf(prometheus) },
        kubernetes: account.settings,
        access: { tokens: [{ name: "argo-rollouts", tokenFile: file("token"), namespaces: ["*"] }] },
        grpc: { port, tls: { certFile: file("server.pem"), keyFile: file("server.key") } },
      });
      const held = { tokenFile: file("token"), caFile: file("authority.pem") };
      writeFileSync(
        file("plugin.yaml"),
        stringify({ server: { url: `https://127.0.0.1:${port}`, ...held } }),
      );
      return ["--settings", file("plugin.yaml")];
    },
  });
});

afterAll(async () => {
  await shop?.close();
  await server?.close();
  await account?.remove();
  await admin?.close();
  rmSync(folder, { recursive: true });
});

/** What plugins/argo-rollouts/remote gives the server, for the account of this test. */
async function mayReadRollouts(namespace: string): Promise<void> {
  for (const manifest of readManifests(readFileSync(reader, "utf8"))) {
    const subjects = [{ kind: "ServiceAccount", name: "coalmine", namespace }];
    const metadata = { ...manifest.metadata, name: `${manifest.metadata.name}-${namespace}` };
    await (manifest.kind === "ClusterRole"
      ? admin.apply(manifest)
      : admin.create({ ...manifest, metadata, subjects }));
  }
}

const steps = [{ setWeight: 25 }, analysisStep, { setWeight: 50 }];
const lasting = (duration: string) => ({
  provider: { plugin: { "coalmine/analysis": { ...quickSpec, duration } } },
});
const latest = (run: AnalysisRun | undefined) => (run === undefined ? undefined : measurementsOf(run).at(-1));

it("a bad release is Degraded, with the server's reason", async () => {
  const { rollout, namespace } = await shop.open(
    "remote-bad",
    checkoutWith({ steps, metric: lasting("40s") }),
  );
  await rollout.setImage(badImage);
  const { status } = await rollout.waitForPhase("Degraded", patience);
  expect(status.message).toMatch(/errors: canary/);
  const [run] = await rollout.analysisRuns();
  const { analysis = "" } = latest(run)?.metadata ?? {};
  expect(analysis).toMatch(new RegExp(`^${namespace.name}/`));
  const answer = await fetch(`${server.url}/v1/analyses/${encodeURIComponent(analysis)}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  expect(await answer.json()).toMatchObject({
    verdict: "fail",
    namespace: namespace.name,
    service: "checkout",
  });
});

it("a bad release is Degraded by a step too", async () => {
  const step = { plugin: { name: "coalmine/step", config: { ...quickSpec, duration: "60s" } } };
  const manifests = checkoutWith({ steps: [{ setWeight: 25 }, step, { setWeight: 50 }] });
  const { rollout } = await shop.open("remote-step", manifests);
  await rollout.setImage(badImage);
  const { status } = await rollout.waitForPhase("Degraded", patience);
  expect(status.message).toMatch(/errors: canary/);
});

it("a good release is Healthy, though the server was killed in the middle and away for a while", async () => {
  const { rollout } = await shop.open("remote-killed", checkoutWith({ steps, metric: lasting("40s") }));
  await rollout.setImage(goodImage);
  const before = await rollout.waitForAnalysisRun(
    "has a state",
    (run) => (latest(run)?.metadata["state"] ?? "") !== "",
    patience,
  );
  await server.kill();
  const away = await rollout.waitForAnalysisRun(
    "says that the server is away",
    (run) => latest(run)?.message.includes("is away") === true,
    patience,
  );
  expect(latest(away)).toMatchObject({
    phase: "Running",
    metadata: { analysis: latest(before)?.metadata["analysis"], waitingSince: expect.any(String) },
  });
  await server.start();
  await rollout.waitForPhase("Healthy", patience);
  const [after] = await rollout.analysisRuns();
  expect(after?.status.phase).toBe("Successful");
  expect(after === undefined ? [] : measurementsOf(after)).toHaveLength(1);
  expect(latest(after)).toMatchObject({
    phase: "Successful",
    startedAt: latest(before)?.startedAt,
    metadata: { analysis: latest(before)?.metadata["analysis"] },
  });
});
