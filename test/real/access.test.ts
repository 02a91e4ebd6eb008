/** Access control of the server as a process: who is let in, and that no token is in an answer or in the log. */
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type CoalmineProcess, openWorkFolder, type WorkFolder } from "./coalmine-process.ts";

const ofShop = "hunter2-of-the-shop";
const ofAll = "hunter2-of-everybody";
const wrong = "hunter2-of-nobody-00";
const spec = {
  service: "checkout",
  namespace: "shop",
  telemetry: "istio",
  cohorts: { canary: { version: "v2" }, baseline: { version: "v1" } },
};

let folder: WorkFolder;
let server: CoalmineProcess;
let url: string;
/** Whatever the server has answered, headers too. */
const answered: string[] = [];

beforeAll(async () => {
  folder = openWorkFolder();
  const tokens = [
    { name: "shop", token: ofShop, namespaces: ["shop"] },
    { name: "all", tokenFile: folder.write("token", `${ofAll}\n`), namespaces: ["*"] },
  ];
  // Nothing listens there: that a source is away is in the log too.
  const source = { kind: "prometheus", url: "http://127.0.0.1:1", retryBudgetMs: 0 };
  server = start({ logLevel: "debug", access: { tokens }, sources: { default: source } });
  url = await listening(server);
});

afterAll(() => folder.close());

function start(settings: Readonly<Record<string, unknown>>): CoalmineProcess {
  const text = JSON.stringify({ listen: { port: 0 }, ...settings });
  return folder.start("server", ["--config", folder.write("settings.yaml", text)]);
}

async function listening({ printed }: CoalmineProcess): Promise<string> {
  const pattern = /"url":"(http:[^"]+)".*"msg":"listening"/;
  return await vi.waitFor(
    () => {
      const [, found] = pattern.exec(printed.stderr) ?? [];
      if (found === undefined) throw new Error(`the server does not listen:\n${printed.stderr}`);
      return found;
    },
    { timeout: 30_000 },
  );
}

type Secret = { readonly scheme: "Bearer" | "Basic"; readonly secret: string } | null;

function authorizationOf(secret: Secret): Readonly<Record<string, string>> {
  if (secret === null) return {};
  const credentials =
    secret.scheme === "Bearer" ? secret.secret : Buffer.from(`me:${secret.secret}`).toString("base64");
  return { authorization: `${secret.scheme} ${credentials}` };
}

async function ask(secret: Secret, method: string, path: string, body?: string) {
  const headers = { "content-type": "application/json", ...authorizationOf(secret) };
  const response = await fetch(`${url}${path}`, { method, headers, ...(body === undefined ? {} : { body }) });
  const text = await response.text();
  answered.push(text, JSON.stringify([...response.headers]));
  return { status: response.status, text, headers: response.headers };
}

interface Operation {
  readonly method: string;
  readonly path: string;
}

/** Everything that may be asked for, by the server's own word. */
async function operations(): Promise<readonly Operation[]> {
  const { text } = await ask(null, "GET", "/openapi.json");
  const { paths } = JSON.parse(text) as { readonly paths: Readonly<Record<string, object>> };
  const ofApi = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => ({
      method: method.toUpperCase(),
      path: path.replaceAll(/\{\w+\}/g, "nobody"),
    })),
  );
  const ofEndpoint = ["GET", "POST"].flatMap((method) =>
    ["query?query=vector(1)", "query_range?query=1&start=0&end=1&step=1", "status/buildinfo"].map((path) => ({
      method,
      path: `/prometheus/api/v1/${path}`,
    })),
  );
  return [...ofApi, ...ofEndpoint];
}

const isOpen = ({ path }: Operation) => !path.startsWith("/v1/") && !path.startsWith("/prometheus/api/");

describe("the server with tokens", () => {
  it("says at its start that access control is on, and of how many tokens", () => {
    expect(server.printed.stderr).toContain('"accessControl":"on, 2 tokens"');
  });

  it("leaves open what probes and scrapers ask, and nothing else", async () => {
    const open = (await operations()).filter(isOpen).map(({ path }) => path);
    expect(open.sort()).toEqual([
      "/health/live",
      "/health/ready",
      "/healthz",
      "/metrics",
      "/openapi.json",
      "/readyz",
    ]);
    for (const path of [...open, "/prometheus/-/healthy", "/prometheus/-/ready"]) {
      expect((await ask(null, "GET", path)).status, path).toBe(200);
    }
  });

  it("answers 401 to whoever holds no token, or a wrong one", async () => {
    const guarded = (await operations()).filter((operation) => !isOpen(operation));
    expect(guarded.length).toBeGreaterThan(12);
    for (const { method, path } of guarded) {
      for (const secret of [
        null,
        { scheme: "Bearer", secret: wrong },
        { scheme: "Basic", secret: wrong },
      ] as const) {
        const { status, headers } = await ask(secret, method, path, method === "GET" ? undefined : "{}");
        expect(status, `${method} ${path}`).toBe(401);
        expect(headers.get("www-authenticate"), `${method} ${path}`).toMatch(/^Bearer .*, Basic /);
      }
    }
  });

  it.each(["Bearer", "Basic"] as const)("lets a token in, as %s", async (scheme) => {
    for (const { method, path } of (await operations()).filter((operation) => !isOpen(operation))) {
      const { status } = await ask(
        { scheme, secret: ofShop },
        method,
        path,
        method === "GET" ? undefined : "{}",
      );
      expect([401, 403, 500], `${method} ${path}`).not.toContain(status);
    }
  });

  it.each(["/flagger/v1/event", "/gate/check", "/gate/open", "/rollback/close"])(
    "takes no call of Flagger at %s without a token of the Canary's namespace, which may be in its metadata",
    async (path) => {
      const call = (namespace: string, metadata: Readonly<Record<string, string>>, secret: Secret = null) => {
        const payload = { name: "checkout", namespace, phase: "Progressing", checksum: "1", metadata };
        return ask(secret, "POST", path, JSON.stringify(payload));
      };
      const shop = { scheme: "Basic", secret: ofShop } as const;
      expect((await call("shop", {})).status).toBe(401);
      expect((await call("shop", { token: wrong })).status).toBe(401);
      expect((await call("shop", { token: wrong }, shop)).status).toBe(401);
      expect((await call("shop", { token: ofShop })).status).not.toBe(401);
      expect((await call("shop", {}, shop)).status).not.toBe(401);
      expect((await call("bank", { token: ofShop })).text).toContain("shop");
      expect((await call("bank", { token: ofShop })).status).toBe(403);
    },
  );

  it.each(["/gate/approve", "/gate/halt"])("answers %s to everybody", async (path) => {
    expect([200, 403]).toContain((await ask(null, "POST", path, "{}")).status);
  });

  it("keeps what a namespace has from a token of another, and shows it to one of all", async () => {
    const shop = { scheme: "Bearer", secret: ofShop } as const;
    const all = { scheme: "Bearer", secret: ofAll } as const;
    const bank = JSON.stringify({ ...spec, namespace: "bank" });
    expect((await ask(shop, "PUT", "/v1/analyses/bank-1", bank)).status).toBe(403);
    expect((await ask(all, "PUT", "/v1/analyses/bank-1", bank)).status).toBe(201);
    expect((await ask(shop, "GET", "/v1/analyses/bank-1")).status).toBe(404);
    expect((await ask(all, "GET", "/v1/analyses/bank-1")).status).toBe(200);
    expect((await ask(shop, "PUT", "/v1/analyses/bank-1", JSON.stringify(spec))).status).toBe(409);
  });
});

it("leaves no token in an answer, in the log, or in its own metrics", async () => {
  await ask({ scheme: "Bearer", secret: ofAll }, "POST", "/v1/analyses", JSON.stringify(spec));
  await ask({ scheme: "Basic", secret: wrong }, "GET", `/v1/analyses/${wrong.length}`);
  await ask(null, "GET", "/metrics");
  server.send("SIGTERM");
  const { code, stderr, stdout } = await server.ended;
  expect(code).toBe(0);
  expect(answered.length).toBeGreaterThan(0);
  expect(stderr).toContain("an analysis started");
  const encoded = [ofShop, ofAll, wrong].map((secret) => Buffer.from(`me:${secret}`).toString("base64"));
  for (const told of [...answered, stderr, stdout]) {
    expect(told).not.toContain("hunter2");
    for (const credentials of encoded) expect(told).not.toContain(credentials);
  }
});

it.each([
  ["equal tokens", { tokens: [1, 2].map((n) => ({ name: `n${n}`, token: ofShop, namespaces: ["*"] })) }],
  ["a short token", { tokens: [{ name: "ci", token: "hunter2", namespaces: ["*"] }] }],
  ["a file that is not there", { tokens: [{ name: "ci", tokenFile: "/nowhere", namespaces: ["*"] }] }],
])("does not start with %s, and tells no token", async (_, access) => {
  const { code, stderr } = await start({ access }).ended;
  expect(code).toBe(64);
  expect(stderr).toContain("access.tokens.");
  expect(stderr).not.toContain("hunter2");
});

it("does not start without a word on access where others than its own machine may reach it", async () => {
  const { code, stderr } = await start({ listen: { port: 0, host: "127.1" } }).ended;
  expect(code).toBe(64);
  expect(stderr).toContain("access.tokens");
  expect(stderr).toContain("access: {mode: off}");
});

it("warns where access control is off and others than its own machine may reach it", async () => {
  // No address as Node reads one, so it might be anybody's; the resolver takes it for 127.0.0.1.
  const open = start({ listen: { port: 0, host: "127.1" }, access: { mode: "off" } });
  await listening(open);
  expect(open.printed.stderr).toContain("whoever reaches this address may ask for anything");
  expect(open.printed.stderr).toContain('"accessControl":"off"');
});
