import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it, onTestFinished } from "vitest";
import { stringify } from "yaml";
import type { CheckEnvironment } from "../../../src/app/config-check/check-environment.ts";
import { checkSettings } from "../../../src/app/config-check/check-settings.ts";
import { CoalmineError } from "../../../src/base/errors.ts";
import { unreachable } from "../../../src/base/unreachable.ts";
import { migrations } from "../../../src/store/migrations/migrations.ts";
import { openSqliteStore } from "../../../src/store/sqlite/open-sqlite-store.ts";
import { storeOptions } from "../../store/store-options.ts";
import { certificatesIn } from "../../support/certificates.ts";
import { startFakePrometheus } from "../../support/fake-prometheus.ts";
import { serveOnLoopback } from "../../support/loopback-server.ts";
import { useTemporaryFolder } from "../../support/temporary-folder.ts";

const folder = useTemporaryFolder();
const signal = new AbortController().signal;

interface Check {
  readonly environment?: CheckEnvironment;
  readonly connects?: boolean;
}

async function check(file: unknown, { environment = {}, connects = false }: Check = {}) {
  const settingsFile = folder.path("settings.yaml");
  await writeFile(settingsFile, typeof file === "string" ? file : stringify(file));
  const known = { XDG_STATE_HOME: folder.path("state"), ...environment };
  return await checkSettings({ settingsFile, environment: known, connects, signal });
}

async function problemsOf(file: unknown, more?: Check): Promise<readonly string[]> {
  const thrown: unknown = await check(file, more).catch((error: unknown) => error);
  if (!(thrown instanceof CoalmineError)) throw new Error("settings with a problem were taken");
  expect(thrown.code).toBe("invalid-settings");
  return thrown.problems.map(({ path, message }) => `${path}: ${message}`);
}

async function rowsOf(file: unknown, more?: Check): Promise<Readonly<Record<string, string>>> {
  return Object.fromEntries((await check(file, more)).rows);
}

/** By what was tried: `ok` or `warned` and its text, or the code and message of a failure. */
async function trialsOf(file: unknown, more: Check = {}) {
  const { trials } = await check(file, { connects: true, ...more });
  const told = trials.map((trial): [string, string] => {
    switch (trial.kind) {
      case "ok":
        return [trial.what, `ok: ${trial.text}`];
      case "warned":
        return [trial.what, `warned: ${JSON.stringify(trial.problems)}`];
      case "failed":
        return [trial.what, `${trial.error.code}: ${trial.error.message}`];
      default:
        return unreachable(trial);
    }
  });
  return Object.fromEntries(told);
}

const onEveryAddress = { listen: { host: "0.0.0.0" } };
const tokens = [{ name: "ci", token: "hunter2-hunter2-hunter2", namespaces: ["*"], scopes: ["read"] }];

describe("settings with problems", () => {
  it("are told of all that do not read, each with its path", async () => {
    const file = { listen: { prt: 1 }, logLevel: "loud", database: { keep: "soon" }, sources: { a: {} } };
    const problems = await problemsOf(file);
    expect(problems.map((problem) => problem.split(": ")[0])).toEqual(
      expect.arrayContaining(["listen.prt", "logLevel", "database.keep", "sources.a.kind"]),
    );
    expect(problems.join()).toContain("did you mean `port`?");
  });

  it.each([
    ["no access on an open address", onEveryAddress, "access: is missing, and listen.host"],
    ["gRPC open to all", { grpc: { host: "::" } }, "access: is missing, and grpc.host (::)"],
    ["tokens in plain text", { access: { tokens }, grpc: { host: "0.0.0.0" } }, "grpc.tls: is missing"],
    ["no address of a database", { database: { url: "mysql://x:hunter2@db/coalmine" } }, "database.url: "],
    ["no cluster", { access: { serviceAccounts: {} } }, "kubernetes: not in a pod"],
    ["two databases", { database: { url: "postgres://db/x", file: "x" } }, "database.file: give either"],
    ["a spec that does not read", { specs: { slow: { duration: "soon" } } }, "specs.slow.duration: "],
  ])("are told of %s", async (_what, file, problem) => {
    const problems = await problemsOf(file);
    expect(problems).toEqual([expect.stringContaining(problem)]);
    expect(problems.join()).not.toContain("hunter2");
  });

  it("are told of those that stand together all at once", async () => {
    const file = { ...onEveryAddress, grpc: { host: "0.0.0.0" }, database: { url: "mysql://db" } };
    expect(await problemsOf(file)).toHaveLength(3);
  });

  it("are told of those of the environment", async () => {
    expect(await problemsOf({}, { environment: { PORT: "http" } })).toEqual([
      expect.stringContaining("listen.port: "),
    ]);
    const OTEL_EXPORTER_OTLP_ENDPOINT = "http://collector:4318";
    const environment = { OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_TRACES_SAMPLER: "sometimes" };
    expect(await problemsOf({}, { environment })).toEqual([
      expect.stringContaining('OTEL_TRACES_SAMPLER: is "sometimes"; known: '),
    ]);
  });

  it("are told of a file that is none, or is not there", async () => {
    await expect(check("a: [")).rejects.toMatchObject({ code: "invalid-settings" });
    const nowhere = { settingsFile: folder.path("nowhere.yaml"), environment: {}, connects: false, signal };
    await expect(checkSettings(nowhere)).rejects.toThrow("there is no such file");
  });
});

describe("settings that are good", () => {
  it("are told with what they mean", async () => {
    const rows = await rowsOf(
      {
        listen: { hosts: ["coalmine.example"] },
        grpc: { host: "::1" },
        access: {
          tokens: [...tokens, { name: "flagger", tokenFile: "/run/flagger", namespaces: ["shop"] }],
          tokensFolder: "/etc/coalmine/tokens",
          serviceAccounts: { allow: ["ci/*"], scopes: ["write"] },
        },
        kubernetes: { server: "https://10.0.0.1:443", tokenFile: "/run/token" },
        sources: {
          default: {
            kind: "prometheus",
            url: "http://p:9090",
            auth: { kind: "bearer", tokenFile: "/run/p" },
          },
          eu: { kind: "scrape", targets: ["http://a/metrics"], interval: "10s" },
        },
        database: { keep: "36h" },
        specs: { slow: { duration: "1h" } },
      },
      { environment: { DATABASE_URL: "postgres://x:hunter2@db.example/coalmine", LOG_LEVEL: "debug" } },
    );
    expect(rows).toMatchObject({
      settings: `${folder.path("settings.yaml")}; of the environment DATABASE_URL, LOG_LEVEL`,
      listen: "http://127.0.0.1:8080; also known as coalmine.example",
      grpc: "[::1]:50051, in plain text",
      access: "on",
      "token ci": "read in *, by its SHA-256",
      "token flagger": "read and write in shop, from /run/flagger",
      tokens: "of the files in /etc/coalmine/tokens",
      "service accounts": "ci/*: write in its own namespace, with tokens made for coalmine",
      "source default": "Prometheus at http://p:9090, with a token from /run/p, read 5s late",
      "source eu": "scrapes http://a/metrics every 10s",
      database: "PostgreSQL at db.example:5432/coalmine, 10 connections; keeps analyses 36h, the audit 90d",
      specs: "slow",
      kubernetes: "https://10.0.0.1:443, with a token from /run/token",
      log: "debug",
    });
    expect(JSON.stringify(rows)).not.toContain("hunter2");
  });

  it("may be none at all", async () => {
    const rows = await rowsOf("");
    expect(rows).toMatchObject({
      access: "off: everybody on this machine may ask for everything",
      sources: "none: every analysis would be refused",
      database: `SQLite, ${folder.path("state", "coalmine", "coalmine.db")}; keeps analyses 30d, the audit 90d`,
    });
    expect(await rowsOf({ access: { mode: "off" }, ...onEveryAddress })).toMatchObject({
      access: "off: whoever reaches the server may ask for everything",
    });
  });

  it("are not tried unless that is asked for", async () => {
    const file = { sources: { default: { kind: "prometheus", url: "http://127.0.0.1:1" } } };
    expect((await check(file)).trials).toEqual([]);
  });
});

describe("what the settings name, when it is tried", () => {
  it("answers", async () => {
    const prometheus = await startFakePrometheus();
    const target = await serveOnLoopback((_request, response) => response.end("up 1\n"));
    onTestFinished(async () => {
      await prometheus.close();
      await target.close();
    });
    await certificatesIn(folder.path()).createAuthority("own");
    await writeFile(folder.path("token"), "hunter2-hunter2-hunter2-file\n");
    await mkdir(folder.path("specs"));
    await writeFile(folder.path("specs", "slow.yaml"), "duration: 1h\n");
    const database = folder.path("coalmine.db");
    await (await openSqliteStore({ ...storeOptions(), path: database })).close();
    const file = {
      sources: {
        default: { kind: "prometheus", url: prometheus.url },
        demo: { kind: "scrape", targets: [target.url] },
      },
      database: { file: database },
      access: { tokens: [...tokens, { name: "b", tokenFile: folder.path("token"), namespaces: ["*"] }] },
      grpc: { tls: { certFile: folder.path("own.pem"), keyFile: folder.path("own.key") } },
      specsFolder: folder.path("specs"),
    };
    expect(await trialsOf(file)).toEqual({
      "source default": "ok: answers",
      "source demo": "ok: its target answers",
      database: `ok: answers; its schema is of version ${migrations.length}`,
      tokens: "ok: 2 tokens can be used",
      "grpc TLS": expect.stringMatching(/^ok: a certificate until \d{4}-\d\d-\d\d, and its key$/),
      "specs folder": "ok: every spec in it reads",
    });
  });

  it("fails with what is wrong, all of it, and tells no secret", async () => {
    await writeFile(folder.path("own.pem"), "no certificate");
    await mkdir(folder.path("specs"));
    await writeFile(folder.path("specs", "slow.yaml"), "duration: soon\n");
    const target = await serveOnLoopback((_request, response) => response.writeHead(500).end());
    onTestFinished(() => target.close());
    const auth = { kind: "basic", username: "x", password: "hunter2" };
    const file = {
      sources: {
        away: { kind: "prometheus", url: "http://127.0.0.1:1", retryBudgetMs: 0, auth },
        demo: { kind: "scrape", targets: [target.url, "http://127.0.0.1:1/metrics"] },
      },
      database: { url: "postgres://x:hunter2@127.0.0.1:1/coalmine" },
      access: {
        tokens: [...tokens, { name: "b", tokenFile: folder.path("nowhere"), namespaces: ["*"] }],
        serviceAccounts: {},
      },
      kubernetes: { server: "https://127.0.0.1:1", tokenFile: folder.path("nowhere") },
      grpc: { tls: { certFile: folder.path("own.pem"), keyFile: folder.path("own.pem") } },
      specsFolder: folder.path("specs"),
    };
    const told = await trialsOf(file);
    expect(told).toEqual({
      "source away": expect.stringMatching(/^source-unavailable: .*127\.0\.0\.1:1/),
      "source demo": expect.stringMatching(/^source-unavailable: the target http/),
      database: expect.stringMatching(/^source-unavailable: the database at 127\.0\.0\.1:1\/coalmine/),
      tokens: expect.stringMatching(/^invalid-settings: .*access\.tokens\.1\.tokenFile: .*no such file/),
      "grpc TLS": expect.stringMatching(/^invalid-settings: gRPC cannot speak TLS/),
      "specs folder": expect.stringMatching(/^warned: .*slow.*duration/),
      kubernetes: expect.stringMatching(/^(invalid-settings|source-unavailable): /),
    });
    expect(JSON.stringify(told)).not.toContain("hunter2");
  });

  it("is not changed by that: no database is made, and no schema brought up to date", async () => {
    const path = folder.path("new", "coalmine.db");
    expect(await trialsOf({ database: { file: path } })).toEqual({
      database: "ok: there is no such file yet: the server will make it",
    });
    expect(existsSync(folder.path("new"))).toBe(false);
    const other = folder.path("other.db");
    new DatabaseSync(other).close();
    expect(await trialsOf({ database: { file: other } })).toEqual({
      database: `ok: answers; the server will make its schema, of version ${migrations.length}`,
    });
    const database = new DatabaseSync(other);
    onTestFinished(() => database.close());
    expect(database.prepare("select * from sqlite_schema").all()).toEqual([]);
  });

  it("tells a database that is none, and one of a later version", async () => {
    const path = folder.path("coalmine.db");
    await writeFile(path, "notes of somebody, longer than the head of a database".repeat(20));
    expect((await trialsOf({ database: { file: path } }))["database"]).toMatch(
      /^internal: .*is not an SQLite database/,
    );
    const later = folder.path("later.db");
    await (await openSqliteStore({ ...storeOptions(), path: later })).close();
    const database = new DatabaseSync(later);
    database.exec(`insert into coalmine_migrations values (${migrations.length + 1}, 'later', 'x')`);
    database.close();
    expect((await trialsOf({ database: { file: later } }))["database"]).toMatch(
      /^invalid-settings: .*run the newer program/,
    );
  });

  it("tells a folder that takes no database", async () => {
    await writeFile(folder.path("file"), "");
    const file = { database: { file: folder.path("file", "coalmine.db") } };
    expect((await trialsOf(file))["database"]).toMatch(/^source-unavailable: .*takes no writes/);
  });
});
