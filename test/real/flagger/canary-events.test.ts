/** Events of Canaries in a real Kubernetes, with the rights of plugins/flagger/server and no more. */
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import type { OpenCanaryEvents } from "../../../src/adapters/flagger/kubernetes/canary-event-writer.ts";
import { openCanaryEvents } from "../../../src/app/flagger/open-canary-events.ts";
import { installServerAccount, type ServerAccount } from "../../servers/install-server-account.ts";
import { sharedControlPlane } from "../../support/control-plane.ts";
import { createKubernetesApi, type KubernetesApi } from "../../support/kubernetes-api.ts";
import { createKubernetesNamespace, type KubernetesNamespace } from "../../support/kubernetes-namespace.ts";

const pass = {
  type: "Normal",
  reason: "CoalminePass",
  message: "errors: no worse than the baseline",
} as const;
const fail = {
  type: "Warning",
  reason: "CoalmineFail",
  message: `errors: 12× ${"worse ".repeat(300)}`,
} as const;

let admin: KubernetesApi;
let account: ServerAccount;
let shop: KubernetesNamespace;
let events: OpenCanaryEvents;
let logged: { readonly level: string; readonly message: string }[];

beforeAll(async () => {
  admin = createKubernetesApi(sharedControlPlane());
  account = await installServerAccount(admin, sharedControlPlane());
});

beforeEach(async () => {
  logged = [];
  const log = (level: string) => (_: object, message: string) => void logged.push({ level, message });
  const logger = { info: log("info"), warn: log("warn"), error: log("error") };
  events = await openCanaryEvents(account.settings, {}, logger);
  logged.length = 0;
  shop = await createKubernetesNamespace(admin, "shop");
});

afterEach(async () => {
  await events.close();
  await shop.remove();
});

afterAll(async () => {
  await account.remove();
  await admin.close();
});

describe("events of a Canary", () => {
  it("are found as `kubectl describe` looks for them, and read as it prints them", async () => {
    const uid = await createCanary("checkout");
    const otherUid = await createCanary("payment");
    await isAllowed(true);
    events.tell({ namespace: shop.name, name: "checkout" }, pass);
    events.tell({ namespace: shop.name, name: "checkout" }, fail);
    events.tell({ namespace: shop.name, name: "payment" }, pass);
    const found = await describedEvents("checkout", uid, 2);
    await describedEvents("payment", otherUid, 1);
    await events.close();
    const told = { source: { component: "coalmine" }, count: 1 };
    expect(found).toMatchObject([
      { ...pass, ...told },
      { ...fail, ...told, message: expect.stringMatching(/^errors: 12× worse .*…$/) },
    ]);
    for (const { firstTimestamp, lastTimestamp } of found) {
      expect(lastTimestamp).toBe(firstTimestamp);
      expect(Math.abs(Date.now() - Date.parse(lastTimestamp))).toBeLessThan(60_000);
    }
    expect(logged).toEqual([]);
  });

  it("are dropped where the Canary or its namespace is not there, or the namespace is going", async () => {
    await createCanary("checkout");
    await createCanary("kept", ["coalmine.dev/keeps-the-namespace"]);
    await isAllowed(true);
    events.tell({ namespace: shop.name, name: "gone" }, pass);
    events.tell({ namespace: "nowhere", name: "checkout" }, pass);
    await shop.remove();
    events.tell({ namespace: shop.name, name: "kept" }, pass);
    // The last to be told: when it is there, the others have been tried.
    const other = await createKubernetesNamespace(admin, "other");
    const uid = await createCanary("checkout", [], other);
    events.tell({ namespace: other.name, name: "checkout" }, pass);
    await describedEvents("checkout", uid, 1, other);
    await events.close();
    await other.remove();
    expect(logged).toEqual([]);
    expect(await shop.events("Canary/kept")).toEqual([]);
    const removeFinalizers = { metadata: { finalizers: null } };
    await admin.patch({ kind: "Canary", name: "kept", namespace: shop.name }, removeFinalizers);
  });

  it("are refused without the right, which is said once, and told again with it", async () => {
    const uid = await createCanary("checkout");
    const checkout = { namespace: shop.name, name: "checkout" };
    await account.setRights("none");
    await isAllowed(false);
    events.tell(checkout, fail);
    events.tell(checkout, fail);
    while (logged.length === 0) await sleep(20);
    // Asked after both, and by more requests than they take: the other is refused by then, too.
    await isAllowed(false);
    await account.setRights("all");
    await isAllowed(true);
    events.tell(checkout, pass);
    const found = await describedEvents("checkout", uid, 1);
    await events.close();
    expect(found).toMatchObject([pass]);
    expect(logged.map(({ level }) => level)).toEqual(["warn", "info"]);
    expect(logged[0]?.message).toMatch(
      /the service account "coalmine" of namespace "coalmine-[0-9a-f]+" may not read the Canary \(403\): it lacks the verb "get" on the resource "canaries" .*plugins\/flagger\/server\/rbac.yaml/,
    );
  });
});

describe("the server's account", () => {
  it("may do nothing else", async () => {
    const api = createKubernetesApi(account.access);
    await createCanary("checkout");
    const where = { namespace: shop.name };
    await expect(api.list({ kind: "Canary", ...where })).rejects.toThrow(/403.*cannot list/s);
    await expect(api.list({ kind: "Event", ...where })).rejects.toThrow(/403.*cannot list/s);
    await expect(api.list({ kind: "Secret", ...where })).rejects.toThrow(/403.*cannot list/s);
    await expect(api.patch({ kind: "Canary", name: "checkout", ...where }, {})).rejects.toThrow(/403/);
    await api.close();
  });
});

const eventList = z.looseObject({
  items: z.array(
    z.looseObject({ reason: z.string(), firstTimestamp: z.string(), lastTimestamp: z.string() }),
  ),
});

/** The query of `kubectl describe canary` (searchEvents in k8s.io/kubectl/pkg/describe), once it finds so many. */
async function describedEvents(name: string, uid: string, count: number, where = shop) {
  const about = { kind: "Canary", name, namespace: where.name, uid };
  const selector = Object.entries(about).map(([field, value]) => `involvedObject.${field}=${value}`);
  const path = `/api/v1/namespaces/${where.name}/events?fieldSelector=${encodeURIComponent(selector.join(","))}`;
  return await where.waitFor({
    what: `there are ${count} events of ${name}`,
    read: async () => eventList.parse(await admin.request("GET", path)).items,
    until: (items) => items.length >= count,
    seconds: 60,
  });
}

/** The uid of a new Canary that no Flagger looks after. */
async function createCanary(name: string, finalizers: readonly string[] = [], where = shop): Promise<string> {
  const created = await admin.create({
    apiVersion: "flagger.app/v1beta1",
    kind: "Canary",
    metadata: { name, namespace: where.name, finalizers },
    spec: {
      targetRef: { apiVersion: "apps/v1", kind: "Deployment", name },
      service: { port: 80 },
      analysis: { interval: "1m", threshold: 5, iterations: 1 },
    },
  });
  return created.metadata.uid;
}

/** Rights take a moment to be known to the API server. */
async function isAllowed(wanted: boolean): Promise<void> {
  const api = createKubernetesApi(account.access);
  const read = () =>
    api.get({ kind: "Canary", name: "checkout", namespace: shop.name }).then(
      () => true,
      () => false,
    );
  while ((await read()) !== wanted) await sleep(20);
  await api.close();
}
