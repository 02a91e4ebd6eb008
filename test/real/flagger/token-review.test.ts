/** Service accounts' tokens, reviewed by a real Kubernetes with the rights of plugins/flagger/server and no more. */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { type OpenAccess, openAccess } from "../../../src/app/access/access-control.ts";
import { readSettings } from "../../../src/app/settings/settings.ts";
import type { Clock } from "../../../src/base/clock.ts";
import { installServerAccount, type ServerAccount } from "../../servers/install-server-account.ts";
import { sharedControlPlane } from "../../support/control-plane.ts";
import { createKubernetesApi, type KubernetesApi } from "../../support/kubernetes-api.ts";
import { createKubernetesNamespace, type KubernetesNamespace } from "../../support/kubernetes-namespace.ts";
import { quietLogger } from "../../support/quiet-logger.ts";
import { serverManifests } from "../../support/server-manifests.ts";

const minute = 60_000;

let admin: KubernetesApi;
let account: ServerAccount;
let shop: KubernetesNamespace;
let access: OpenAccess;
let binding: string;
/** How far the server's clock is ahead. */
let ahead = 0;

beforeAll(async () => {
  admin = createKubernetesApi(sharedControlPlane());
  account = await installServerAccount(admin, sharedControlPlane());
  shop = await createKubernetesNamespace(admin, "shop");
  await admin.create(accountNamed("deployer"));
  const clock: Clock = {
    now: () => Date.now() + ahead,
    until: () => Promise.reject(new Error("nobody waits")),
  };
  const file = { access: { serviceAccounts: {} }, kubernetes: account.settings };
  access = await openAccess({
    settings: readSettings(file, {}),
    environment: {},
    clock,
    logger: quietLogger(),
  });
});

afterAll(async () => {
  await access?.close();
  if (binding !== undefined) await admin.delete({ kind: "ClusterRoleBinding", name: binding });
  await shop?.remove();
  await account?.remove();
  await admin.close();
});

function accountNamed(name: string) {
  return { apiVersion: "v1", kind: "ServiceAccount", metadata: { name, namespace: shop.name } };
}

const requested = z.looseObject({ status: z.looseObject({ token: z.string() }) });

/** A token as a pod's projected volume gets it, or without an audience, as every pod has one. */
async function tokenOf(name: string, ...audiences: readonly string[]): Promise<string> {
  const path = `/api/v1/namespaces/${shop.name}/serviceaccounts/${name}/token`;
  const answer = await admin.request("POST", path, {
    apiVersion: "authentication.k8s.io/v1",
    kind: "TokenRequest",
    spec: { expirationSeconds: 86_400, ...(audiences.length > 0 && { audiences }) },
  });
  return requested.parse(answer).status.token;
}

/** As an operator applies plugins/flagger/server/token-review.yaml. */
async function allowReviews(): Promise<void> {
  const namespace = readFileSync(account.namespaceFile, "utf8");
  const [manifest] = serverManifests("token-review.yaml");
  if (manifest === undefined) throw new Error("no manifest");
  binding = `${namespace}-token-review`;
  const subjects = [{ kind: "ServiceAccount", name: "coalmine", namespace }];
  await admin.create({ ...manifest, metadata: { name: binding }, subjects });
}

describe("a server that may review tokens", () => {
  beforeAll(async () => {
    const token = await tokenOf("deployer", "coalmine");
    // Without the rights nobody is let in, and the log tells which are missing.
    await expect(access.callerOf(token)).rejects.toMatchObject({
      code: "invalid-settings",
      message: expect.stringMatching(/may not review tokens \(403\).*system:auth-delegator/),
    });
    await allowReviews();
    await vi.waitFor(async () => expect(await access.callerOf(token)).not.toBeNull(), { timeout: 60_000 });
  });

  it("knows an account by a token for its audience, in its own namespace only", async () => {
    const caller = await access.callerOf(await tokenOf("deployer", "coalmine", "others-too"));
    expect(caller?.name).toBe(`system:serviceaccount:${shop.name}:deployer`);
    expect([shop.name, "kube-system", ""].map((namespace) => caller?.mayWrite(namespace))).toEqual([
      true,
      false,
      false,
    ]);
  });

  it("knows nobody by a token for the API server, for others, or that is forged", async () => {
    expect(await access.callerOf(await tokenOf("deployer"))).toBeNull();
    expect(await access.callerOf(await tokenOf("deployer", "others"))).toBeNull();
    const token = await tokenOf("deployer", "coalmine");
    const [head = "", , signature = ""] = token.split(".");
    const claims = { aud: ["coalmine"], sub: "system:serviceaccount:kube-system:root", exp: 4_000_000_000 };
    const forged = [head, Buffer.from(JSON.stringify(claims)).toString("base64url"), signature].join(".");
    expect(await access.callerOf(forged)).toBeNull();
    expect(await access.callerOf(token)).not.toBeNull();
  });

  it("forgets an account that is gone within a minute", async () => {
    await admin.create(accountNamed("leaver"));
    const token = await tokenOf("leaver", "coalmine");
    expect(await access.callerOf(token)).not.toBeNull();
    await admin.delete({ kind: "ServiceAccount", name: "leaver", namespace: shop.name });
    expect(await access.callerOf(token)).not.toBeNull();
    // The API server itself remembers what it found for ten seconds.
    await expect
      .poll(
        async () => {
          ahead += minute;
          return await access.callerOf(token);
        },
        { timeout: 120_000, interval: 500 },
      )
      .toBeNull();
    ahead = 0;
  });
});
