/** Service accounts' tokens, asked about at a cluster that a test plays. */
import { describe, expect, it, onTestFinished } from "vitest";
import { connectToApi } from "../../../src/adapters/kubernetes/api-exchange.ts";
import { createServiceAccounts } from "../../../src/app/access/token-review.ts";
import { readSettings } from "../../../src/app/settings/settings.ts";
import type { Clock } from "../../../src/base/clock.ts";
import { type ClusterReply, clusterStatus, startFakeCluster } from "../../support/fake-cluster.ts";

const start = Date.UTC(2026, 0, 1);
const hour = 3_600_000;

interface Claims {
  readonly sub?: string;
  readonly aud?: unknown;
  readonly exp?: number;
}

/** A token as a cluster makes them; who signed it is the cluster's matter. */
function tokenOf({ sub = deployer, aud = ["coalmine"], exp = (start + hour) / 1_000 }: Claims = {}): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "RS256" })}.${part({ sub, aud, exp })}.c2lnbmF0dXJl`;
}

const deployer = "system:serviceaccount:shop:deployer";

const good = (username = deployer, audiences: unknown = ["coalmine"]): ClusterReply => ({
  status: 201,
  body: { kind: "TokenReview", status: { authenticated: true, user: { username }, audiences } },
});
const bad: ClusterReply = {
  status: 201,
  body: { kind: "TokenReview", status: { authenticated: false, error: "invalid bearer token" } },
};

async function setUp(
  replyTo: () => ClusterReply | Promise<ClusterReply> = () => good(),
  serviceAccounts: object = {},
) {
  const cluster = await startFakeCluster(replyTo);
  const api = connectToApi(cluster.access, { timeoutMs: 60_000, maxBytes: 10_000 });
  onTestFinished(async () => {
    await api.close();
    await cluster.close();
  });
  let now = start;
  const clock: Clock = { now: () => now, until: () => Promise.reject(new Error("nobody waits")) };
  const settings = readSettings({ access: { serviceAccounts } }, {}).access?.serviceAccounts;
  if (settings === undefined) throw new Error("no service accounts");
  const { callerOf } = createServiceAccounts({ settings, api, server: cluster.access.server, clock });
  return {
    callerOf,
    requests: cluster.requests,
    close: cluster.close,
    forward(ms: number) {
      now += ms;
    },
  };
}

describe("a service account's token", () => {
  it("is reviewed for the audience, and lets its account act in its own namespace", async () => {
    const { callerOf, requests } = await setUp();
    const token = tokenOf();
    const caller = await callerOf(token);
    expect(caller?.name).toBe(deployer);
    expect(["shop", "bank", ""].map((namespace) => caller?.mayWrite(namespace))).toEqual([
      true,
      false,
      false,
    ]);
    expect(requests).toMatchObject([
      {
        method: "POST",
        path: "/apis/authentication.k8s.io/v1/tokenreviews",
        headers: { authorization: "Bearer the-token" },
        body: {
          apiVersion: "authentication.k8s.io/v1",
          kind: "TokenReview",
          spec: { token, audiences: ["coalmine"] },
        },
      },
    ]);
  });

  it("gets the scopes and namespaces of the settings", async () => {
    const { callerOf } = await setUp(() => good(), { scopes: ["read"], namespaces: ["team-*"] });
    const caller = await callerOf(tokenOf());
    expect([caller?.mayRead("team-a"), caller?.mayWrite("team-a"), caller?.mayRead("shop")]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it.each([
    [["shop/deployer"], true],
    [["shop/*"], true],
    [["sh*/dep*"], true],
    [["bank/deployer", "shop/other"], false],
    [["*/runner"], false],
  ])("with allow %j is let in: %s", async (allow, isLetIn) => {
    const { callerOf, requests } = await setUp(() => good(), { allow });
    expect((await callerOf(tokenOf())) !== null).toBe(isLetIn);
    expect(requests).toHaveLength(isLetIn ? 1 : 0);
  });

  it("is who the cluster says, whatever it says of itself", async () => {
    const { callerOf } = await setUp(() => good("system:serviceaccount:bank:robot"));
    expect((await callerOf(tokenOf()))?.name).toBe("system:serviceaccount:bank:robot");
    const picky = await setUp(() => good("system:serviceaccount:bank:robot"), { allow: ["shop/*"] });
    expect(await picky.callerOf(tokenOf())).toBeNull();
  });

  it.each<[string, ClusterReply]>([
    ["is not genuine", bad],
    ["is a user's", good("alice")],
    ["is the cluster's own", good("system:node:a")],
    ["is good for another audience", good(deployer, ["other"])],
    ["is good for an audience that the cluster does not say", good(deployer, null)],
  ])("that %s lets nobody in", async (_, reply) => {
    const { callerOf } = await setUp(() => reply);
    expect(await callerOf(tokenOf())).toBeNull();
  });
});

it.each([
  ["a static token", "s3cret-of-ci-00001"],
  ["one of three parts", "s3cret.of.ci-0001"],
  ["one for the API server", tokenOf({ aud: ["https://kubernetes.default.svc"] })],
  ["one for no audience", tokenOf({ aud: null })],
  ["one that has expired", tokenOf({ exp: start / 1_000 })],
  ["one of a user", tokenOf({ sub: "alice" })],
  ["one that is far too long", tokenOf({ aud: ["coalmine", "x".repeat(9_000)] })],
  ["one with a line break", `${tokenOf()}\n`],
])("the cluster is not asked about %s", async (_, token) => {
  const { callerOf, requests } = await setUp();
  expect(await callerOf(token)).toBeNull();
  expect(requests).toEqual([]);
});

describe("an answer", () => {
  it("is good for a minute, and for no longer than the token", async () => {
    const { callerOf, requests, forward } = await setUp();
    const long = tokenOf();
    const short = tokenOf({ exp: start / 1_000 + 30 });
    await Promise.all([callerOf(long), callerOf(short)]);
    forward(29_999);
    expect(await callerOf(long)).not.toBeNull();
    expect(await callerOf(short)).not.toBeNull();
    expect(requests).toHaveLength(2);
    forward(1);
    expect(await callerOf(short)).toBeNull();
    forward(30_000);
    expect(await callerOf(long)).not.toBeNull();
    expect(requests).toHaveLength(3);
  });

  it("of no is good for ten seconds", async () => {
    let reply: ClusterReply = bad;
    const { callerOf, requests, forward } = await setUp(() => reply);
    expect(await callerOf(tokenOf())).toBeNull();
    reply = good();
    forward(9_999);
    expect(await callerOf(tokenOf())).toBeNull();
    expect(requests).toHaveLength(1);
    forward(1);
    expect(await callerOf(tokenOf())).not.toBeNull();
  });

  it("is not kept from before the clock was set back", async () => {
    const { callerOf, requests, forward } = await setUp();
    await callerOf(tokenOf());
    forward(-1);
    await callerOf(tokenOf());
    expect(requests).toHaveLength(2);
  });

  it("is one for all who ask at the same time", async () => {
    const { callerOf, requests } = await setUp();
    const token = tokenOf();
    const callers = await Promise.all(Array.from({ length: 20 }, () => callerOf(token)));
    expect(callers.map((caller) => caller?.name)).toEqual(Array(20).fill(deployer));
    expect(requests).toHaveLength(1);
  });
});

describe("without an answer nobody is let in", () => {
  it("from a cluster that is away; it is asked again the next time", async () => {
    let reply: ClusterReply = "cut";
    const { callerOf } = await setUp(() => reply);
    await expect(callerOf(tokenOf())).rejects.toMatchObject({ code: "source-unavailable" });
    reply = good();
    expect(await callerOf(tokenOf())).not.toBeNull();
  });

  it.each<[string, ClusterReply, string, RegExp]>([
    ["fails", { status: 500, body: {} }, "source-unavailable", /status 500/],
    [
      "answers something else",
      { status: 201, body: { kind: "Pod" } },
      "source-unavailable",
      /no TokenReview/,
    ],
    [
      "forbids it",
      clusterStatus(403, "Forbidden", 'User "system:serviceaccount:coalmine:coalmine" cannot create'),
      "invalid-settings",
      /"tokenreviews".*"authentication\.k8s\.io" of the cluster\. Bind it to .*system:auth-delegator/,
    ],
    ["does not know us", clusterStatus(401, "Unauthorized", "Unauthorized"), "invalid-settings", /\(401\)/],
  ])("from a cluster that %s", async (_, reply, code, message) => {
    const { callerOf } = await setUp(() => reply);
    const token = tokenOf();
    const thrown: unknown = await callerOf(token).catch((error: unknown) => error);
    expect(thrown).toMatchObject({ code, message: expect.stringMatching(message) });
    expect(String(thrown)).not.toContain(token);
  });

  it("while 32 others wait for theirs", async () => {
    const { promise, resolve } = Promise.withResolvers<ClusterReply>();
    const { callerOf } = await setUp(() => promise);
    const waiting = Array.from({ length: 32 }, (_, index) => callerOf(tokenOf({ exp: start + index })));
    await expect(callerOf(tokenOf())).rejects.toMatchObject({ code: "source-unavailable" });
    resolve(good());
    expect((await Promise.all(waiting)).every((caller) => caller !== null)).toBe(true);
    expect(await callerOf(tokenOf())).not.toBeNull();
  });
});

it("a name that is too long for a gate is cut, the rights are not", async () => {
  const name = "d".repeat(200);
  const { callerOf } = await setUp(() => good(`system:serviceaccount:shop:${name}`));
  const caller = await callerOf(tokenOf());
  expect(caller?.name).toMatch(/^system:serviceaccount:shop:d+…$/);
  expect(caller?.name).toHaveLength(100);
  expect(caller?.mayWrite("shop")).toBe(true);
});
