/**
 * A server with a secret wherever one can stand, driven over good paths and
 * faults: nothing that it says may hold one. To extend it, add the secret to
 * `secrets`, the setting to `settingsWith`, and what brings it up to `drive`.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pino from "pino";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { describeError } from "../../src/adapters/cli/exit-codes.ts";
import { createService } from "../../src/app/create-service.ts";
import { readSettings } from "../../src/app/settings/settings.ts";
import { CoalmineError } from "../../src/base/errors.ts";
import { serveOnLoopback } from "../support/loopback-server.ts";
import { specDocument } from "../support/sample-record.ts";

/** Each holds the word that is looked for. */
const secrets = {
  token: "hunter2-token-in-settings",
  tokenOfFile: "hunter2-token-in-a-file",
  tokenOfFolder: "hunter2-token-in-a-folder",
  wrongToken: "hunter2-token-of-nobody",
  serviceAccount: `${jwtPart({ alg: "RS256" })}.${jwtPart({
    aud: ["coalmine"],
    sub: "system:serviceaccount:shop:ci",
    exp: 4_000_000_000,
  })}.hunter2-signature`,
  clusterToken: "hunter2-token-of-the-server",
  sourceToken: "hunter2-token-of-mimir",
  sourcePassword: "hunter2-password-of-prometheus",
  sourceHeader: "hunter2-api-key-of-a-gateway",
  database: "hunter2-password-of-postgres",
} as const;

/** As they may be written elsewhere. */
const forms = Object.values(secrets).flatMap((secret) => [
  secret,
  secret.slice(-17),
  encodeURIComponent(secret),
  // The user may be another, so only what no user before it changes.
  ...["", "x", "xx"].map((before) => Buffer.from(`${before}${secret}`).toString("base64").slice(4, -4)),
]);

function jwtPart(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

interface Told {
  readonly where: string;
  readonly text: string;
}

/** Whatever was said, by whom. */
const said: Told[] = [];
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "coalmine-test-"));
});

afterAll(() => rm(folder, { recursive: true }));

function leaks(): readonly string[] {
  return said.flatMap(({ where, text }) => {
    const found = forms.find((form) => text.includes(form));
    return found === undefined ? [] : [`${where} tells ${found}: ${text.slice(0, 300)}`];
  });
}

/** A metrics server that repeats what it was sent, each time in another way. */
async function startTellingSource() {
  let asked = 0;
  const answers = [
    [500, (sent: string) => `proxy error; the request was ${sent}`],
    [400, (sent: string) => JSON.stringify({ status: "error", errorType: "bad_data", error: sent })],
    [401, (sent: string) => `who is ${sent}?`],
    [422, (sent: string) => JSON.stringify({ status: "error", errorType: "execution", error: sent })],
    [302, (sent: string) => sent],
    [200, (sent: string) => `{"status": "${sent}`],
    [
      200,
      (sent: string) =>
        JSON.stringify({
          status: "success",
          data: { resultType: "matrix", result: [] },
          warnings: [sent],
        }),
    ],
  ] as const;
  return await serveOnLoopback((request, response) => {
    const sent = `${request.headers.authorization} ${request.headers["x-api-key"]}`;
    const [status, body] = answers[asked++ % answers.length] ?? [500, () => ""];
    response.writeHead(status, { location: "/elsewhere" }).end(body(sent));
  });
}

async function settingsWith(source: string) {
  const file = async (name: string, text: string) => {
    await writeFile(join(folder, name), text);
    return join(folder, name);
  };
  const { token, tokenOfFile, tokenOfFolder, clusterToken, sourceToken, sourcePassword, sourceHeader } =
    secrets;
  const entries = [{ name: "folder", token: tokenOfFolder, namespaces: ["shop"] }];
  const prometheus = { kind: "prometheus", url: source, retryBudgetMs: 0 };
  return readSettings(
    {
      listen: { port: 0 },
      logLevel: "debug",
      database: { kind: "memory" },
      access: {
        tokens: [
          { name: "settings", token, namespaces: ["*"] },
          { name: "file", tokenFile: await file("token", `${tokenOfFile}\n`), namespaces: ["shop"] },
        ],
        tokensFile: await file("tokens.yaml", JSON.stringify(entries)),
        serviceAccounts: {},
      },
      // Nobody is there: a review cannot be had.
      kubernetes: { server: "https://127.0.0.1:1", tokenFile: await file("cluster", clusterToken) },
      sources: {
        default: {
          ...prometheus,
          auth: { kind: "bearer", tokenFile: await file("mimir", sourceToken) },
        },
        basic: {
          ...prometheus,
          auth: { kind: "basic", username: "x", password: sourcePassword },
          headers: { "X-Api-Key": sourceHeader },
        },
        away: { ...prometheus, url: "http://127.0.0.1:1", auth: { kind: "bearer", token: sourceToken } },
      },
    },
    {},
  );
}

/** Asks for everything there is, as everybody, and notes each answer. */
async function drive(url: string): Promise<void> {
  const authorizations = Object.entries(secrets).flatMap(([who, secret]) => [
    { who, authorization: `Bearer ${secret}` },
    { who, authorization: `Basic ${Buffer.from(`x:${secret}`).toString("base64")}` },
  ]);
  const ask = async (who: string, authorization: string, method: string, path: string, body?: unknown) => {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const headers = { authorization, "content-type": "application/json" };
    const signal = AbortSignal.timeout(20_000);
    const init = { method, headers, signal, ...(body === undefined ? {} : { body: text }) };
    const response = await fetch(`${url}${path}`, init);
    const answer = await response.text();
    said.push({
      where: `${method} ${path} as ${who}`,
      text: `${response.status} ${JSON.stringify([...response.headers])} ${answer}`,
    });
    return answer;
  };
  const spec = (source: string) => ({ ...specDocument, source });
  const hook = (metadata: object) => ({
    name: "checkout",
    namespace: "shop",
    phase: "Progressing",
    checksum: "1",
    metadata,
  });

  for (const { who, authorization } of authorizations) {
    for (const source of ["default", "basic", "away", "nowhere"]) {
      await ask(who, authorization, "PUT", `/v1/analyses/${who}-${source}`, spec(source));
      await ask(who, authorization, "POST", "/v1/judge", { spec: spec(source) });
    }
    await ask(who, authorization, "POST", "/v1/analyses", "{ half");
    await ask(who, authorization, "POST", "/v1/analyses", { ...specDocument, namespace: "bank" });
    const { analyses = [] } = JSON.parse(await ask(who, authorization, "GET", "/v1/analyses"));
    for (const { id } of analyses.slice(0, 8)) {
      await ask(who, authorization, "GET", `/v1/analyses/${id}`);
      await ask(who, authorization, "GET", `/v1/analyses/${id}/looks`);
    }
    await ask(who, authorization, "GET", "/nowhere?token=x");
    for (const query of [
      "coalmine_score",
      "coalmine_score{",
      "vector(1)",
      'coalmine_score{service="checkout"}',
    ]) {
      await ask(who, authorization, "GET", `/prometheus/api/v1/query?query=${encodeURIComponent(query)}`);
    }
  }
  for (const [who, secret] of Object.entries(secrets)) {
    for (const type of ["pre-rollout", "rollout", "confirm-promotion", "rollback", "event", "post-rollout"]) {
      await ask(who, "", "POST", `/flagger/v1/${type}`, hook({ token: secret, source: "basic" }));
      await ask(who, "", "POST", `/flagger/v1/${type}`, hook({ token: secret, tokn: "x", spec: "nowhere" }));
      await ask(who, "", "POST", `/flagger/v1/${type}`, `{"metadata":{"token":"${secret}"`);
    }
    for (const gate of ["/gate/open", "/gate/check", "/gate/close", "/rollback/check"]) {
      await ask(who, "", "POST", gate, hook({ token: secret }));
      await ask(who, "", "POST", gate, `{"metadata":{"token":"${secret}"`);
    }
  }
  for (const path of [
    "/v1/audit?limit=1000",
    "/metrics",
    "/openapi.json",
    "/readyz",
    "/",
    "/v1/gates",
    "/prometheus/api/v1/labels",
  ]) {
    await ask("settings", `Bearer ${secrets.token}`, "GET", path);
  }
}

describe("a server that has secrets", () => {
  beforeAll(async () => {
    const source = await startTellingSource();
    const destination = { write: (text: string) => void said.push({ where: "the log", text }) };
    const logger = pino({ level: "trace" }, destination);
    const service = await createService({ settings: await settingsWith(source.url), logger, drainMs: 1_000 });
    try {
      await drive(service.url);
      await writeFile(join(folder, "tokens.yaml"), `- {name: x, token: "${secrets.tokenOfFolder}`);
      await writeFile(join(folder, "token"), `${secrets.tokenOfFile} ${secrets.tokenOfFile}`);
      const headers = { authorization: `Bearer ${secrets.wrongToken}` };
      await vi.waitFor(
        async () => {
          await fetch(`${service.url}/v1/gates`, { headers });
          // Once; and the analyses that run have lines of theirs after it.
          expect(said.some(({ text }) => text.includes("tokens cannot be read again"))).toBe(true);
        },
        { timeout: 60_000 },
      );
    } finally {
      await service.close();
      await source.close();
    }
  });

  it("tells none in an answer, a verdict, a metric or its log, whoever asks and whatever fails", () => {
    expect(leaks()).toEqual([]);
  });

  it.each([
    ...[
      "NOT JUDGED",
      "[hidden]",
      "an analysis started",
      '"door":"flagger","action":"open-gate"',
      "the server rejected the query",
      "a gate was opened",
    ],
    ...["the Kubernetes API at https://127.0.0.1:1 does not answer", "retry-after", "may not write"],
    ...["the webhook has a token that nobody holds", "no token of the server's settings is the one sent"],
  ])("has been brought to say %s", (wanted) => {
    expect(said.some(({ text }) => text.includes(wanted))).toBe(true);
  });
});

describe("a server that does not start tells none either", () => {
  let told: readonly string[] = [];

  beforeAll(async () => {
    const log: string[] = [];
    const logger = pino({ level: "trace" }, { write: (text: string) => void log.push(text) });
    const tellings = await Promise.all(
      [
        { access: { tokens: [{ name: "a", token: secrets.token, secret: secrets.token }] } },
        { access: { tokens: secrets.token } },
        { access: { tokens: [{ name: "a", [secrets.token]: 1, namespaces: ["*"] }] } },
        { access: secrets.token },
        { sources: { default: { kind: "prometheus", url: `http://x:${secrets.sourcePassword}@p:9090` } } },
        {
          sources: {
            default: {
              kind: "prometheus",
              url: "http://p",
              auth: { kind: "bearer", token: `${secrets.sourceToken} x` },
            },
          },
        },
        {
          sources: {
            default: {
              kind: "prometheus",
              url: "http://p",
              headers: { "X-Key": `${secrets.sourceHeader}\n` },
            },
          },
        },
        { database: { url: `postgres://x:${secrets.database}@127.0.0.1:1/coalmine` } },
        { database: { url: `mysql://x:${secrets.database}@127.0.0.1:1/coalmine` } },
        { database: { url: `postgres://x:${secrets.database}/@127.0.0.1:1/coalmine` } },
      ].map(async (file) => {
        try {
          const settings = readSettings({ listen: { port: 0 }, ...file }, {});
          await (await createService({ settings, logger, drainMs: 0 })).close();
          return "it started";
        } catch (thrown) {
          const error = CoalmineError.from(thrown);
          return `${describeError(error)} ${JSON.stringify(pino.stdSerializers.err(error))}`;
        }
      }),
    );
    told = [...tellings, ...log];
  });

  it("but it says what is wrong", () => {
    expect(told.length).toBeGreaterThanOrEqual(10);
    expect(told).not.toContain("it started");
    expect(told.filter((text) => forms.some((form) => text.includes(form)))).toEqual([]);
  });
});
