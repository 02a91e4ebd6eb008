import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { CanaryName } from "../../../../src/adapters/flagger/hook-call.ts";
import {
  type CanaryEventWriterOptions,
  createCanaryEventWriter,
  type OpenCanaryEvents,
} from "../../../../src/adapters/flagger/kubernetes/canary-event-writer.ts";
import type { Clock } from "../../../../src/base/clock.ts";
import {
  type ClusterReply,
  type ClusterRequest,
  clusterStatus,
  type FakeCluster,
  startFakeCluster,
} from "../../../support/fake-cluster.ts";

const checkout = { namespace: "shop", name: "checkout" };
const payment = { namespace: "bank", name: "payment" };
const pass = { type: "Normal", reason: "CoalminePass", message: "errors: no worse" } as const;
const fail = { type: "Warning", reason: "CoalmineFail", message: "errors: 12×" } as const;
/** The time in milliseconds, the count and the id. */
const firstName = `checkout.0${Date.parse("2026-11-21T16:40:52Z").toString(16)}0000-id1`;
const created: ClusterReply = { status: 201, body: {} };
const noRight = (namespace: string, what = "create", resource = "events", group = "") =>
  clusterStatus(
    403,
    "Forbidden",
    `${resource} is forbidden: User "system:serviceaccount:coalmine:coalmine" cannot ${what} resource ` +
      `"${resource}" in API group "${group}" in the namespace "${namespace}"`,
  );

let cluster: FakeCluster;
let onGet: (request: ClusterRequest) => ClusterReply | Promise<ClusterReply>;
let onPost: (request: ClusterRequest) => ClusterReply | Promise<ClusterReply>;
let logged: { readonly level: string; readonly fields: object; readonly message: string }[];
let onLog: () => void;
let clock: FlushlessClock;

beforeEach(async () => {
  onGet = ({ path }) => ({ status: 200, body: canaryAt(path) });
  onPost = () => created;
  logged = [];
  onLog = () => undefined;
  clock = flushlessClock();
  cluster = await startFakeCluster((request) => (request.method === "GET" ? onGet : onPost)(request));
});

afterEach(() => cluster.close());

describe("createCanaryEventWriter", () => {
  it("writes an Event about the Canary that is there now", async () => {
    const writer = open();
    writer.tell(checkout, pass);
    await writer.close();
    const [read, write] = cluster.requests;
    expect(read).toMatchObject({
      method: "GET",
      path: "/apis/flagger.app/v1beta1/namespaces/shop/canaries/checkout",
      headers: { authorization: "Bearer the-token" },
    });
    expect(write).toMatchObject({
      method: "POST",
      path: "/api/v1/namespaces/shop/events",
      headers: { authorization: "Bearer the-token", "content-type": "application/json" },
      body: {
        metadata: { name: firstName, namespace: "shop" },
        involvedObject: { kind: "Canary", name: "checkout", uid: "uid-of-checkout", resourceVersion: "7" },
        ...pass,
      },
    });
    expect(logged).toEqual([]);
  });

  it("tells when it happened, not when it was written", async () => {
    const at = clock.now();
    let tries = 0;
    onPost = () => (tries++ === 0 ? clusterStatus(503, "ServiceUnavailable", "starting") : created);
    const writer = open();
    writer.tell(checkout, pass);
    await writer.close();
    expect(clock.now()).toBeGreaterThan(at);
    expect(written()).toMatchObject([{ firstTimestamp: new Date(at).toISOString().replace(".000", "") }, {}]);
  });

  it("names the events of one moment in the order in which they were told", async () => {
    const writer = open({ newId: () => crypto.randomUUID() });
    const messages = Array.from({ length: 20 }, (_, n) => `event ${n}`);
    for (const message of messages) writer.tell(checkout, { ...pass, message });
    await writer.close();
    const byName = written()
      .map((event) => Object(event))
      .toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
    expect(byName.map(({ message }) => message)).toEqual(messages);
  });

  it("asks once which Canary it is for the events of five seconds", async () => {
    const writer = open();
    const isPosted = async (canary: CanaryName) => {
      const posted = nextPost();
      writer.tell(canary, pass);
      await posted;
      return cluster.requests.filter(({ method }) => method === "GET").length;
    };
    expect(await isPosted(checkout)).toBe(1);
    clock.pass(4_999);
    expect(await isPosted(checkout)).toBe(1);
    expect(await isPosted(payment)).toBe(2);
    clock.pass(1);
    expect(await isPosted(checkout)).toBe(3);
    await writer.close();
  });

  it.each<[string, ClusterReply]>([
    ["503", clusterStatus(503, "ServiceUnavailable", "etcd is away")],
    ["429", clusterStatus(429, "TooManyRequests", "later")],
    ["a cut connection", "cut"],
  ])("tries again after %s, as the same Event", async (_, reply) => {
    const replies = [reply, reply, created];
    onPost = () => replies.shift() ?? "cut";
    const writer = open();
    writer.tell(checkout, pass);
    await writer.close();
    expect(names()).toEqual([firstName, firstName, firstName]);
    expect(clock.waits).toEqual([500, 2_000]);
    expect(logged).toEqual([]);
  });

  it("takes an Event that is there already for its own, whose answer was lost", async () => {
    const replies: ClusterReply[] = ["cut", clusterStatus(409, "AlreadyExists", "it exists")];
    onPost = () => replies.shift() ?? created;
    const writer = open();
    writer.tell(checkout, pass);
    await writer.close();
    expect(replies).toEqual([]);
    expect(written()).toHaveLength(2);
    expect(logged).toEqual([]);
  });

  it("gives up after four more tries, and says so once", async () => {
    onGet = () => clusterStatus(500, "InternalError", "no");
    const writer = open();
    writer.tell(checkout, pass);
    writer.tell(checkout, fail);
    await writer.close();
    expect(clock.waits.toSorted((a, b) => a - b)).toEqual([
      500, 500, 2_000, 2_000, 8_000, 8_000, 30_000, 30_000,
    ]);
    expect(logged).toMatchObject([
      { level: "warn", fields: { canary: "shop/checkout" }, message: expect.stringContaining("status 500") },
    ]);
  });

  it("says once in each namespace which right is missing and where it is written down", async () => {
    onPost = ({ path }) => noRight(path.split("/")[4] ?? "");
    const writer = open();
    for (const canary of [checkout, payment, checkout, payment]) writer.tell(canary, fail);
    await writer.close();
    expect(written()).toHaveLength(4);
    expect(logged.map(({ message }) => message).sort()).toEqual([
      expect.stringMatching(/"coalmine" of namespace "coalmine".*"create" on the resource "events".*"bank"/),
      expect.stringMatching(
        /verb "create" on the resource "events".*"shop".*plugins\/flagger\/server\/rbac.yaml/,
      ),
    ]);
    expect(clock.waits).toEqual([]);
  });

  it("tells again, and how many it lost, once the right is given", async () => {
    onGet = () => noRight("shop", "get", "canaries", "flagger.app");
    const writer = open();
    const refused = nextLog();
    writer.tell(checkout, fail);
    await refused;
    expect(logged[0]?.message).toMatch(
      /verb "get" on the resource "canaries" of the API group "flagger.app"/,
    );
    onGet = ({ path }) => ({ status: 200, body: canaryAt(path) });
    writer.tell(checkout, pass);
    writer.tell(checkout, pass);
    await writer.close();
    expect(written()).toMatchObject([pass, pass]);
    expect(logged.slice(1)).toMatchObject([{ level: "info", fields: { namespace: "shop", lost: 1 } }]);
  });

  it("does not say that it tells again where a namespace is gone", async () => {
    onPost = () => noRight("shop");
    const writer = open();
    const refused = nextLog();
    writer.tell(checkout, fail);
    await refused;
    onPost = () => notFound("namespaces", "shop");
    writer.tell(checkout, pass);
    await writer.close();
    expect(written()).toHaveLength(2);
    expect(logged).toHaveLength(1);
  });

  it.each<[string, { readonly get?: ClusterReply; readonly post?: ClusterReply }]>([
    ["a Canary that is not there", { get: notFound("canaries.flagger.app", "checkout") }],
    ["a namespace that is not there", { post: notFound("namespaces", "shop") }],
    [
      "a namespace that is going",
      { post: clusterStatus(403, "Forbidden", "going", { causes: [{ reason: "NamespaceTerminating" }] }) },
    ],
  ])("drops the event of %s without a word", async (_, replies) => {
    answer(replies);
    const writer = open();
    writer.tell(checkout, pass);
    await writer.close();
    expect(cluster.requests.length).toBeGreaterThan(0);
    expect(clock.waits).toEqual([]);
    expect(logged).toEqual([]);
  });

  it.each<[string, { readonly get?: ClusterReply; readonly post?: ClusterReply }, string]>([
    [
      "a cluster without Flagger",
      { get: clusterStatus(404, "NotFound", "could not find the requested resource") },
      "Flagger's CRDs are not installed",
    ],
    [
      "a quota",
      { post: clusterStatus(403, "Forbidden", "exceeded quota: secret-name") },
      "a quota or an admission policy",
    ],
    ["an Event that will never do", { post: clusterStatus(422, "Invalid", "no Event") }, "(422)"],
    ["a token that is not taken", { post: clusterStatus(401, "Unauthorized", "Unauthorized") }, "(401)"],
  ])("does not try again with %s, and names it", async (_, replies, words) => {
    answer(replies);
    const writer = open();
    writer.tell(checkout, pass);
    await writer.close();
    expect(clock.waits).toEqual([]);
    expect(logged).toMatchObject([{ level: "warn", message: expect.stringContaining(words) }]);
    expect(JSON.stringify(logged)).not.toMatch(/the-token|secret-name/);
  });

  it("asks nothing for a name that would lead elsewhere", async () => {
    const writer = open();
    writer.tell({ namespace: "shop", name: "../../secrets" }, pass);
    writer.tell({ namespace: "a/b", name: "checkout" }, pass);
    await writer.close();
    expect(cluster.requests).toEqual([]);
    expect(logged).toHaveLength(2);
  });

  it("drops the oldest of those that wait, and says so once, when there are too many", async () => {
    const answered = Promise.withResolvers<void>();
    onPost = async () => {
      await answered.promise;
      return created;
    };
    const writer = open({ maxWaiting: 3 });
    for (let n = 1; n <= 10; n++) writer.tell(checkout, { ...pass, message: `event ${n}` });
    answered.resolve();
    await writer.close();
    const told = written().map((event) => Number(Object(event).message.slice(6)));
    expect(told.sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 8, 9, 10]);
    expect(logged.filter(({ level }) => level === "warn")).toMatchObject([
      { message: expect.stringContaining("3 events wait already") },
    ]);
    expect(logged.at(-1)).toMatchObject({ level: "info", fields: { lost: 3 } });
  });

  it("lets one event that is tried again hold up no other", async () => {
    const stuck = Promise.withResolvers<void>();
    onPost = async ({ path }) => {
      if (path.includes("/bank/")) await stuck.promise;
      else if (written().length > 3) stuck.resolve();
      return created;
    };
    const writer = open();
    for (const canary of [payment, checkout, checkout, checkout]) writer.tell(canary, pass);
    await writer.close();
    expect(written()).toHaveLength(4);
  });

  it("ends within its time when nobody answers, and says how many events it leaves", async () => {
    onGet = () => new Promise<never>(() => undefined);
    const writer = open();
    for (let n = 1; n <= 6; n++) writer.tell(checkout, pass);
    const closing = writer.close();
    clock.endFlush();
    await closing;
    expect(logged).toMatchObject([{ level: "warn", fields: { events: 6 } }]);
  });

  it("takes nothing more once it is told to close, and closes once", async () => {
    const writer = open();
    writer.tell(checkout, pass);
    const closing = [writer.close(), writer.close()];
    writer.tell(checkout, fail);
    await Promise.all(closing);
    writer.tell(checkout, fail);
    await writer.close();
    expect(written()).toMatchObject([pass]);
    expect(logged).toEqual([]);
  });
});

function open(options: Partial<CanaryEventWriterOptions> = {}): OpenCanaryEvents {
  let ids = 0;
  const log = (level: string) => (fields: object, message: string) => {
    logged.push({ level, fields, message });
    onLog();
  };
  return createCanaryEventWriter({
    access: cluster.access,
    clock,
    logger: { info: log("info"), warn: log("warn"), error: log("error") },
    newId: () => `id${++ids}`,
    ...options,
  });
}

function answer({ get, post }: { readonly get?: ClusterReply; readonly post?: ClusterReply }): void {
  if (get !== undefined) onGet = () => get;
  if (post !== undefined) onPost = () => post;
}

function nextLog(): Promise<void> {
  return new Promise((resolve) => {
    onLog = resolve;
  });
}

function nextPost(): Promise<void> {
  return new Promise((resolve) => {
    onPost = () => {
      resolve();
      return created;
    };
  });
}

/** The bodies that were posted, oldest first. */
function written(): unknown[] {
  return cluster.requests.filter(({ method }) => method === "POST").map(({ body }) => body);
}

function names(): string[] {
  return written().map((event) => Object(event).metadata.name);
}

function canaryAt(path: string): object {
  const [, , , , , namespace, , name] = path.split("/");
  return {
    apiVersion: "flagger.app/v1beta1",
    kind: "Canary",
    metadata: { namespace, name, uid: `uid-of-${name}`, resourceVersion: "7", managedFields: [] },
    spec: { analysis: {} },
  };
}

function notFound(kind: string, name: string): ClusterReply {
  return clusterStatus(404, "NotFound", `${kind} "${name}" not found`, { name });
}

interface FlushlessClock extends Clock {
  /** Every wait before another try, in milliseconds. */
  readonly waits: readonly number[];
  pass(ms: number): void;
  /** Lets the second pass that a close waits for. */
  endFlush(): void;
}

/** Waits before another try are over at once; the second that a close waits never is, unless a test says so. */
function flushlessClock(): FlushlessClock {
  const flushMs = 1_000;
  const flushed = Promise.withResolvers<void>();
  const waits: number[] = [];
  let now = Date.parse("2026-11-21T16:40:52Z");
  return {
    waits,
    pass: (ms) => {
      now += ms;
    },
    now: () => now,
    until(time) {
      if (time - now === flushMs) return flushed.promise;
      waits.push(time - now);
      now = time;
      return Promise.resolve();
    },
    endFlush: () => flushed.resolve(),
  };
}
