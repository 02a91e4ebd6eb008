import { once } from "node:events";
import { connect } from "node:net";
import { Worker } from "node:worker_threads";
import { describe, expect, it } from "vitest";
import { type Access, noAccessControl } from "../../../src/base/access.ts";
import { callerNamed } from "../../support/access-of.ts";
import { type FlaggerStage, flaggerStage } from "./flagger-stage.ts";

const sent = { name: "checkout", namespace: "shop", phase: "Progressing", checksum: "r1" };
const body = (changes: object = {}) => JSON.stringify({ ...sent, ...changes });

/** Sends bytes as they are, and answers what comes back until the other side closes. */
async function sendBytes({ url }: FlaggerStage, parts: Iterable<string | Buffer>): Promise<string> {
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  let answer = "";
  socket.on("data", (chunk) => {
    answer += chunk.toString();
  });
  // A server that has heard enough may well close in the middle of a write.
  socket.on("error", () => undefined);
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  for (const part of parts) {
    if (socket.destroyed) break;
    await Promise.race([new Promise((resolve) => socket.write(part, resolve)), closed]);
  }
  await closed;
  return answer;
}

/** Sends 10 MB three times from a thread of its own: on ours it would read as soon as it is answered. */
const sendAtOnce = `
  const { connect } = require("node:net");
  const { parentPort, workerData: port } = require("node:worker_threads");
  const head = "POST /flagger/v1/rollout HTTP/1.1\\r\\nHost: x\\r\\nContent-Length: 10000000\\r\\n\\r\\n";
  const send = () =>
    new Promise((resolve) => {
      let answer = "";
      const socket = connect(port, "127.0.0.1", () => socket.write(head + "x".repeat(10000000)));
      socket.on("data", (chunk) => (answer += chunk));
      socket.on("error", () => undefined);
      socket.on("close", () => resolve(answer));
    });
  (async () => {
    const answers = [];
    for (let n = 0; n < 3; n++) answers.push(await send());
    parentPort.postMessage(answers);
  })();
`;

describe("the addresses", () => {
  it("are one for each type, and one that takes it from metadata.hook", async () => {
    const stage = await flaggerStage({ isConnected: true });
    expect(await stage.call("pre-rollout")).toMatchObject({ status: 200 });
    expect(await stage.call("confirm-promotion")).toMatchObject({ status: 403 });
    for (const path of ["/flagger/v1", "/flagger/v1/", "/flagger/v1?x=1"])
      expect(await stage.post(path, body({ metadata: { hook: "rollback" } }))).toMatchObject({ status: 403 });
    expect(await stage.post("/flagger/v1", body({ metadata: { hook: "rolback" } }))).toEqual({
      status: 400,
      text: "metadata.hook says which webhook this is, and is none; did you mean rollback?",
    });
  });

  it("that are not there name the nearest", async () => {
    const stage = await flaggerStage({ isConnected: true });
    expect(await stage.post("/flagger/v1/confirm-promtion", body())).toEqual({
      status: 404,
      text: "no webhook has this address; did you mean confirm-promotion?",
    });
    expect(await stage.post("/flagger/v1/rollout/x", body())).toMatchObject({ status: 404 });
    // Somebody else's.
    expect(await stage.post("/flagger/v2/rollout", body())).toMatchObject({
      status: 404,
      text: expect.stringContaining("urn:coalmine:problem:not-found"),
    });
  });

  it("know POST and nothing else", async () => {
    const stage = await flaggerStage({ isConnected: true });
    for (const method of ["GET", "PUT", "DELETE", "OPTIONS"]) {
      const response = await fetch(`${stage.url}/flagger/v1/rollout`, { method });
      expect([response.status, response.headers.get("allow")]).toEqual([405, "POST"]);
      expect(await response.text()).toBe(`a webhook knows POST, not ${method}`);
    }
  });

  it("answer in plain text, whatever the type of the request", async () => {
    const stage = await flaggerStage({ isConnected: true });
    for (const type of ["text/plain", "application/x-www-form-urlencoded", "nonsense"]) {
      const headers = { "content-type": type };
      const response = await fetch(`${stage.url}/flagger/v1/rollout`, {
        method: "POST",
        body: body(),
        headers,
      });
      expect(response.status).toBe(200);
      expect(response.headers.get("content-type")).toBe("text/plain; charset=utf-8");
      expect(response.headers.get("cache-control")).toBe("no-store");
      await response.text();
    }
  });
});

describe("a body", () => {
  it.each([
    ["", /no body/],
    ["{", /no JSON/],
    ["[1]", /JSON object/],
    [body({ name: 7 }), /^name: /],
    [Buffer.from([0x7b, 0xff, 0x7d]).toString("latin1"), /no JSON/],
  ])("%j is 400, and nothing is stored or started", async (text, fault) => {
    const stage = await flaggerStage();
    const answer = await stage.post("/flagger/v1/rollout", text);
    expect(answer).toEqual({ status: 400, text: expect.stringMatching(fault) });
    expect(stage.script.opened).toEqual([]);
  });

  it("that is no UTF-8 is 400", async () => {
    const stage = await flaggerStage();
    const response = await fetch(`${stage.url}/flagger/v1/rollout`, {
      method: "POST",
      body: new Uint8Array([0x22, 0xff, 0x22]),
    });
    expect([response.status, await response.text()]).toEqual([400, "the body is no text in UTF-8"]);
  });

  it("of 64 KiB is read, one byte more is 413", async () => {
    const stage = await flaggerStage();
    const padded = (length: number) => body().padEnd(length);
    expect(await stage.post("/flagger/v1/rollout", padded(65_536))).toMatchObject({ status: 200 });
    expect(await stage.post("/flagger/v1/rollout", padded(65_537))).toEqual({
      status: 413,
      text: "the body is over the limit of 65536 bytes",
    });
  });

  it.each([
    ["said beforehand", "Content-Length: 10485760", Buffer.alloc(16_384, "x")],
    ["in chunks", "Transfer-Encoding: chunked", Buffer.from(`4000\r\n${"x".repeat(16_384)}\r\n`)],
  ])("of 10 MB, its length %s, is cut off", async (_how, header, part) => {
    const stage = await flaggerStage();
    let parts = 0;
    function* bytes() {
      yield `POST /flagger/v1/rollout HTTP/1.1\r\nHost: x\r\n${header}\r\n\r\n`;
      for (; parts < 640; parts++) yield part;
    }
    expect(await sendBytes(stage, bytes())).toMatch(
      /^HTTP\/1\.1 413 [\s\S]*Connection: close\r\n[\s\S]*\r\n\r\nthe body is over the limit/,
    );
    // What the buffers between us hold may have been written.
    expect(parts).toBeLessThan(640);
  });

  it("of 10 MB is answered to those too who send all of it at once", async () => {
    const stage = await flaggerStage();
    const sender = new Worker(sendAtOnce, { eval: true, workerData: Number(new URL(stage.url).port) });
    const [answers] = await once(sender, "message");
    expect(answers).toEqual(
      Array.from({ length: 3 }, () => expect.stringMatching(/^HTTP\/1\.1 413 [\s\S]*limit/)),
    );
  });

  it("that breaks off is nobody's to answer", async () => {
    const stage = await flaggerStage();
    const socket = connect(Number(new URL(stage.url).port), "127.0.0.1");
    socket.write("POST /flagger/v1/rollout HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{");
    socket.end();
    await once(socket.resume(), "close");
    expect(await stage.call("rollout")).toMatchObject({ status: 200 });
    expect(stage.log.filter(({ level }) => level === "error")).toEqual([]);
  });
});

describe("who may ask", () => {
  const access: Access = {
    isOn: true,
    callerOf: async (secret) =>
      secret === "s3cret-of-shop"
        ? callerNamed("ci")
        : secret === "s3cret-to-read"
          ? callerNamed("dashboard", { scopes: ["read"] })
          : null,
  };
  const basic = { authorization: `Basic ${Buffer.from("flagger:s3cret-of-shop").toString("base64")}` };

  it("is said by metadata.token, or else by the address' user info or a bearer token", async () => {
    const stage = await flaggerStage({ access });
    const withToken = body({ metadata: { token: "s3cret-of-shop" } });
    expect(await stage.post("/flagger/v1/rollout", withToken)).toMatchObject({ status: 200 });
    expect(
      await stage.post("/flagger/v1/rollout", withToken, { authorization: "Bearer wrong" }),
    ).toMatchObject({ status: 200 });
    expect(await stage.post("/flagger/v1/rollout", body(), basic)).toMatchObject({ status: 200 });
    expect(await stage.post("/flagger/v1/rollout", body({ metadata: { token: "" } }), basic)).toMatchObject({
      status: 200,
    });
    const bearer = { authorization: "Bearer s3cret-of-shop" };
    expect(await stage.post("/flagger/v1/rollout", body(), bearer)).toMatchObject({ status: 200 });
  });

  it.each([
    ["none", {}, {}, 401, /needs a token/],
    ["a wrong token", { metadata: { token: "s3cret-wrong" } }, basic, 401, /nobody holds/],
    [
      "another namespace",
      { namespace: "bank", metadata: { token: "s3cret-of-shop" } },
      {},
      403,
      /the token ci may not write in the namespace "bank"; add "bank" to its namespaces/,
    ],
    [
      "a token that may only read",
      { metadata: { token: "s3cret-to-read" } },
      {},
      403,
      /dashboard may not write in the namespace "shop"; add "write" to its scopes/,
    ],
  ])(
    "%s is refused on every hook, and nothing is stored or started",
    async (_what, changes, headers, status, text) => {
      const stage = await flaggerStage({ access });
      for (const hook of ["confirm-rollout", "pre-rollout", "rollback", "post-rollout", "event"])
        expect(await stage.post(`/flagger/v1/${hook}`, body(changes), headers)).toEqual({
          status,
          text: expect.stringMatching(text),
        });
      expect(stage.script.opened).toEqual([]);
      expect(await stage.releases.listOpen()).toEqual([]);
    },
  );

  it("is never repeated: no answer, event or log line holds a token", async () => {
    const stage = await flaggerStage({ access });
    const answers = [];
    for (const metadata of [
      { token: "s3cret-of-shop", tokne: "x" },
      { token: "s3cret-wrong" },
      { token: "s3cret-of-shop", spec: "missing" },
    ])
      for (const hook of ["pre-rollout", "rollout", "rollback", "confirm-promotion", "event", "post-rollout"])
        answers.push(await stage.post(`/flagger/v1/${hook}`, body({ metadata })));
    answers.push(
      await stage.post("/flagger/v1/rollout", body({ metadata: { token: "s3cret-of-shop", x: 1 } })),
    );
    answers.push(
      await stage.post("/flagger/v1/rollout", `${body({ metadata: { token: "s3cret-of-shop" } })}s3cret`),
    );
    const everything = JSON.stringify([
      answers,
      stage.told,
      stage.log,
      await stage.releases.get("shop", "checkout"),
    ]);
    expect(everything).not.toContain("s3cret");
    expect(everything).toContain("tokne: unknown key");
  });

  it("sees nothing of what is there before it is known", async () => {
    const stage = await flaggerStage({ access });
    const known = await stage.post("/flagger/v1/rollout", body({ metadata: { spec: "missing" } }));
    expect(known).toMatchObject({ status: 401 });
  });
});

describe("a fault of the server", () => {
  it.each(["gates", "analyses", "releases", "chooseSpec"])(
    "in %s is a 403 that points to the log, never a 5xx",
    async (part) => {
      const fault = () => Promise.reject(new Error("secret inside"));
      const refused = () => {
        throw new Error("secret inside");
      };
      const broken = {
        gates: { gates: { say: fault, list: fault, standing: fault } },
        analyses: { analyses: { get: fault, setWeight: () => undefined, askedBy: refused } },
        releases: { releases: { get: fault, put: fault, listOpen: fault } },
        chooseSpec: { chooseSpec: fault },
      }[part];
      const stage = await flaggerStage(broken ?? {});
      const text = "the webhook met a fault of the server; its log has the cause";
      expect(await stage.call("confirm-promotion")).toEqual({ status: 403, text });
      expect(stage.log).toMatchObject([
        {
          level: "error",
          fields: {
            namespace: "shop",
            name: "checkout",
            hook: "confirm-promotion",
            err: { message: "secret inside" },
          },
        },
      ]);
      expect(await stage.call("event")).toMatchObject({ status: 200 });
    },
  );
});

describe("a fault of the server at a hook that is a check of Flagger's", () => {
  it.each(["pre-rollout", "rollout"] as const)(
    "is no failed check: %s says yes, the others no",
    async (hook) => {
      const get = () => Promise.reject(new Error("secret inside"));
      const stage = await flaggerStage({ releases: { get, put: get, listOpen: get } });
      const text = "NOT JUDGED: the webhook met a fault of the server; its log has the cause";
      expect(await stage.call(hook)).toEqual({ status: 200, text });
      expect(stage.log).toMatchObject([{ level: "error", fields: { hook } }]);
      for (const other of ["confirm-traffic-increase", "confirm-promotion", "rollback"] as const)
        expect(await stage.call(other)).toMatchObject({ status: 403 });
      const unread = JSON.stringify({ ...sent, metadata: { spec: 1 } });
      expect(await stage.inject(`/flagger/v1/${hook}`, unread)).toMatchObject({ status: 400 });
    },
  );
});

it("is open to everybody without access control", async () => {
  const stage = await flaggerStage({ access: noAccessControl });
  expect(await stage.call("rollout", { metadata: { token: "anything" } })).toMatchObject({ status: 200 });
});
