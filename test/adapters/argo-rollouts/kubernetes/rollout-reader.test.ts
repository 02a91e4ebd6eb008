import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  createRolloutReader,
  type OpenRolloutReader,
  type RolloutReaderOptions,
} from "../../../../src/adapters/argo-rollouts/kubernetes/rollout-reader.ts";
import type { ClusterAccess } from "../../../../src/adapters/kubernetes/cluster-access.ts";
import { certificatesIn } from "../../../support/certificates.ts";
import { fakeClock } from "../../../support/fake-clock.ts";
import { type FakePrometheus, type Reply, startFakePrometheus } from "../../../support/fake-prometheus.ts";

// The fake gives the replies it is told to give: an API server is as well played by it as a Prometheus.
let api: FakePrometheus;
let folder: string;
let opened: OpenRolloutReader[];
const inFolder = (name: string) => join(folder, name);
const never = () => new AbortController().signal;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "coalmine-rollouts-"));
  const { createAuthority, createCertificate } = certificatesIn(folder);
  await createAuthority("ca");
  await createAuthority("other-ca");
  await createCertificate("server", "ca", "subjectAltName=IP:127.0.0.1");
  await createCertificate("ann", "ca", "extendedKeyUsage=clientAuth");
});

afterAll(() => rm(folder, { recursive: true }));

beforeEach(async () => {
  opened = [];
  await writeFile(inFolder("token"), "first-token\n");
  api = await startFakePrometheus({
    key: await readFile(inFolder("server.key")),
    cert: await readFile(inFolder("server.pem")),
    ca: await readFile(inFolder("ca.pem")),
    requestCert: true,
    rejectUnauthorized: false,
  });
});

afterEach(async () => {
  await Promise.all(opened.map((reader) => reader.close()));
  await api.close();
});

describe("createRolloutReader", () => {
  it("reads what the controller knows of a Rollout", async () => {
    api.always(json(200, rollout));
    expect(await open().read("shop", "checkout", never())).toEqual({
      uid: "5f3c",
      name: "checkout",
      namespace: "shop",
      stableHash: "6d4b75cb6d",
      canaryHash: "789f88d6b5",
      stepIndex: 1,
      weight: 20,
      progressDeadlineSeconds: 900,
    });
    expect(api.requests[0]).toMatchObject({
      method: "GET",
      path: "/apis/argoproj.io/v1alpha1/namespaces/shop/rollouts/checkout",
      headers: { authorization: "Bearer first-token", accept: "application/json" },
    });
  });

  it("has null for a Rollout that is not there", async () => {
    api.always(json(404, status("NotFound", 'rollouts.argoproj.io "gone" not found', { name: "gone" })));
    expect(await open().read("shop", "gone", never())).toBeNull();
  });

  it("tells a Rollout that is not there from an API that is not there", async () => {
    const reading = () => open().read("shop", "checkout", never());
    const expected = { code: "invalid-settings", message: expect.stringContaining("CRDs are not installed") };
    api.next({ kind: "answer", status: 404, body: "404 page not found\n" });
    await expect(reading()).rejects.toMatchObject(expected);
    api.next(json(404, status("NotFound", "the server could not find the requested resource", {})));
    await expect(reading()).rejects.toMatchObject(expected);
  });

  it("names the verb, the resource and the service account that lacks them", async () => {
    const message =
      'rollouts.argoproj.io "checkout" is forbidden: User "system:serviceaccount:argo:rollouts" cannot get resource ' +
      '"rollouts" in API group "argoproj.io" in the namespace "shop"';
    api.always(json(403, status("Forbidden", message, { name: "checkout" })));
    await expect(open().read("shop", "checkout", never())).rejects.toMatchObject({
      code: "invalid-settings",
      message: expect.stringMatching(
        /^the service account "rollouts" of namespace "argo" .*verb "get" on the resource "rollouts" .*namespace "shop"/,
      ),
    });
  });

  it("says that the token is not taken, and does not say the token", async () => {
    api.always(json(401, status("Unauthorized", "Unauthorized")));
    const error = await open()
      .read("shop", "checkout", never())
      .catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: "invalid-settings", message: expect.stringContaining("(401)") });
    expect(JSON.stringify(error, ["message", "cause", "stack"])).not.toContain("first-token");
  });

  it.each<[string, Reply, string]>([
    ["answers 503", { kind: "answer", status: 503, body: "etcd is away" }, "status 503"],
    ["answers 429", { kind: "answer", status: 429, body: "" }, "status 429"],
    ["sends elsewhere", { kind: "answer", status: 302, body: "", headers: { location: "/login" } }, "302"],
    ["cuts the connection", { kind: "cut" }, "UND_ERR_SOCKET"],
    ["cuts its answer short", { kind: "half" }, "UND_ERR_SOCKET"],
    ["answers with a page", { kind: "answer", status: 200, body: "<html>" }, "no Rollout"],
    ["answers with another kind", json(200, { kind: "Pod", metadata: { uid: "1" } }), "no Rollout"],
  ])("has source-unavailable for a server that %s", async (_, reply, words) => {
    api.always(reply);
    await expect(open().read("shop", "checkout", never())).rejects.toMatchObject({
      code: "source-unavailable",
      message: expect.stringContaining(words),
    });
  });

  it.each<[string, Reply]>([
    ["never answers", { kind: "silent" }],
    ["never ends its answer", { kind: "stalled" }],
  ])("waits no longer than its time for a server that %s", async (_, reply) => {
    api.always(reply);
    await expect(open({ timeoutMs: 200 }).read("shop", "checkout", never())).rejects.toMatchObject({
      code: "source-unavailable",
      message: expect.stringContaining("no whole answer within 0.2 s"),
    });
  });

  it("tries a connection that was cut once more", async () => {
    api.next({ kind: "cut" }, json(200, rollout));
    expect(await open().read("shop", "checkout", never())).toMatchObject({ name: "checkout" });
  });

  it("has source-unavailable for a server that is not there", async () => {
    const reader = open();
    await api.close();
    await expect(reader.read("shop", "checkout", never())).rejects.toMatchObject({
      code: "source-unavailable",
      message: expect.stringContaining("ECONNREFUSED"),
    });
  });

  it("reads no more than its limit", async () => {
    api.always({ kind: "endless", bytes: 64 * 1024 * 1024 });
    await expect(open({ maxBytes: 100_000 }).read("shop", "checkout", never())).rejects.toMatchObject({
      code: "too-large",
    });
    expect(api.bytesSent).toBeLessThan(32 * 1024 * 1024);
  });

  it("sends the token that the file holds at the time", async () => {
    api.always(json(200, rollout));
    const reader = open();
    await reader.read("shop", "checkout", never());
    await writeFile(inFolder("token"), "second-token");
    await reader.read("shop", "payment", never());
    expect(api.requests.map(({ headers }) => headers.authorization)).toEqual([
      "Bearer first-token",
      "Bearer second-token",
    ]);
  });

  it.each<[string, Partial<ClusterAccess>, RegExp]>([
    [
      "no token file",
      { token: { kind: "file", path: "/nowhere/token" } },
      /\/nowhere\/token, cannot be read \(ENOENT\)/,
    ],
    [
      "no authority file",
      { authority: { kind: "file", path: "/nowhere/ca" } },
      /\/nowhere\/ca, cannot be read/,
    ],
    ["a token of two lines", { token: { kind: "text", text: "a\nb" } }, /token is not one word/],
    [
      "a certificate that is no PEM",
      { certificate: { certificate: { kind: "text", text: "x" }, key: { kind: "text", text: "x" } } },
      /are PEM/,
    ],
  ])("names what is wrong with %s", async (_, access, words) => {
    await expect(
      open({ access: accessWith(access) }).read("shop", "checkout", never()),
    ).rejects.toMatchObject({
      code: "invalid-settings",
      message: expect.stringMatching(words),
    });
    expect(api.requests).toHaveLength(0);
  });

  it("does not speak to a server whose certificate another authority signed", async () => {
    const authority = { kind: "file", path: inFolder("other-ca.pem") } as const;
    await expect(
      open({ access: accessWith({ authority }) }).read("shop", "checkout", never()),
    ).rejects.toMatchObject({
      code: "source-unavailable",
      message: expect.stringContaining("kubernetes.caFile"),
    });
    expect(api.requests).toHaveLength(0);
  });

  it("shows a client's certificate where it has one", async () => {
    api.always(json(200, rollout));
    const file = (name: string) => ({ kind: "file", path: inFolder(name) }) as const;
    const certificate = { certificate: file("ann.pem"), key: file("ann.key") };
    await open({ access: accessWith({ token: null, certificate }) }).read("shop", "checkout", never());
    expect(api.requests[0]).toMatchObject({ clientName: "ann" });
    expect(api.requests[0]?.headers.authorization).toBeUndefined();
  });

  it.each(["../secrets", "a/b", "", "Caps", "a?b", "x".repeat(254), "%2e"])(
    "takes no name like %j",
    async (name) => {
      const reader = open();
      await expect(reader.read("shop", name, never())).rejects.toMatchObject({ code: "invalid-request" });
      await expect(reader.read(name, "checkout", never())).rejects.toMatchObject({ code: "invalid-request" });
      expect(api.requests).toHaveLength(0);
    },
  );

  it("shares one request among those who ask at once, and among those who ask within the time", async () => {
    let now = 1_000;
    api.always(json(200, rollout));
    const reader = open({ clock: { ...fakeClock(0), now: () => now } });
    const read = (name: string) => reader.read("shop", name, never());
    const [first, second] = await Promise.all([read("checkout"), read("checkout")]);
    expect(first).toBe(second);
    now += 1_999;
    expect(await read("checkout")).toBe(first);
    expect(api.requests).toHaveLength(1);
    await read("payment");
    expect(api.requests).toHaveLength(2);
    now += 1;
    await read("checkout");
    expect(api.requests).toHaveLength(3);
  });
});

const rollout = {
  apiVersion: "argoproj.io/v1alpha1",
  kind: "Rollout",
  metadata: { uid: "5f3c", name: "checkout", namespace: "shop", managedFields: [{ manager: "controller" }] },
  spec: {
    progressDeadlineSeconds: 900,
    strategy: { canary: { trafficRouting: { istio: { virtualServices: [] } }, steps: [{ setWeight: 20 }] } },
  },
  status: {
    phase: "Progressing",
    stableRS: "6d4b75cb6d",
    currentPodHash: "789f88d6b5",
    currentStepIndex: 1,
    canary: { weights: { canary: { weight: 20 }, stable: { weight: 80 } } },
  },
};

function json(code: number, body: unknown): Extract<Reply, { kind: "answer" }> {
  return {
    kind: "answer",
    status: code,
    body: JSON.stringify(body),
    headers: { "content-type": "application/json" },
  };
}

function status(reason: string, message: string, details?: object): object {
  return { kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure", reason, message, details };
}

function accessWith(changed: Partial<ClusterAccess> = {}): ClusterAccess {
  return {
    server: api.url,
    authority: { kind: "file", path: inFolder("ca.pem") },
    token: { kind: "file", path: inFolder("token") },
    certificate: null,
    insecure: false,
    ...changed,
  };
}

function open(options: Partial<RolloutReaderOptions> = {}): OpenRolloutReader {
  const reader = createRolloutReader({ access: accessWith(), clock: fakeClock(0), ...options });
  opened.push(reader);
  return reader;
}
