import { describe, expect, it } from "vitest";
import { chooseDatabase } from "../../../src/app/settings/database-settings.ts";
import { readSettings, type SettingsEnvironment } from "../../../src/app/settings/settings.ts";
import { CoalmineError } from "../../../src/base/errors.ts";

function problemsOf(file: unknown, environment = {}) {
  try {
    readSettings(file, environment);
  } catch (error) {
    if (error instanceof CoalmineError && error.code === "invalid-settings") return error.problems;
    throw error;
  }
  return [];
}

it("needs no file: it listens on this machine only, and knows no source", () => {
  expect(readSettings(undefined, {})).toEqual({
    listen: { host: "127.0.0.1", port: 8_080, hosts: [] },
    logLevel: "info",
    sources: {},
    allowedAddresses: [],
    specs: {},
    database: { maxConnections: 10, keep: 30 * 86_400_000, keepAudit: 90 * 86_400_000 },
    limits: { maxRunning: 2_000, maxKept: 10_000 },
  });
});

describe("the database", () => {
  const readDatabase = (database: object, environment: SettingsEnvironment = {}) =>
    chooseDatabase(readSettings({ database }, environment).database, { XDG_STATE_HOME: "/state" });

  it("is a file in the folder for state, unless it is named", () => {
    expect(readDatabase({})).toEqual({ kind: "sqlite", path: "/state/coalmine/coalmine.db" });
    expect(readDatabase({ file: "/data/c.db" })).toEqual({ kind: "sqlite", path: "/data/c.db" });
    expect(readDatabase({ url: "postgres://db/c" })).toEqual({ kind: "postgres", url: "postgres://db/c" });
    expect(readDatabase({ kind: "memory" })).toEqual({ kind: "memory" });
    const { database } = readSettings({}, {});
    expect(chooseDatabase(database, {})).toMatchObject({ path: expect.stringMatching(/^\/.+coalmine\.db$/) });
  });

  it("is the environment's where that names one", () => {
    const file = { kind: "sqlite", file: "/data/c.db" };
    const DATABASE_URL = "postgres://db/c";
    expect(readDatabase(file, { DATABASE_URL })).toEqual({ kind: "postgres", url: DATABASE_URL });
    expect(readDatabase({ url: DATABASE_URL }, { DATABASE_FILE: "/c.db" })).toEqual({
      kind: "sqlite",
      path: "/c.db",
    });
    expect(readDatabase(file, { DATABASE_URL, DATABASE_FILE: "/c.db" }).kind).toBe("postgres");
  });

  it.each([
    [{ url: "postgres://db/c", file: "/c.db" }, "database.file: give either url or file"],
    [{ kind: "postgres" }, "database.url: a PostgreSQL needs its url"],
    [{ kind: "sqlite", url: "postgres://db/c" }, "database.url: is PostgreSQL's"],
    [{ kind: "memory", file: "/c.db" }, "database.kind: memory has neither url nor file"],
    [{ kind: "mysql" }, "database.kind: "],
    [{ keep: "a while" }, "database.keep: "],
    [{ keepAudit: "11y" }, "database.keepAudit: "],
    [{ keepAudit: "4000d" }, "database.keepAudit: expected a duration of at most 3650d"],
  ])("is one: %j is refused", (database, problem) => {
    expect(() => readDatabase(database)).toThrow(problem);
  });
});

it("reads sources of both kinds, each with the delay that fits it", () => {
  const { sources } = readSettings(
    {
      sources: {
        default: { kind: "prometheus", url: "http://prometheus:9090" },
        mimir: {
          kind: "prometheus",
          url: "https://mimir/prometheus",
          ingestionDelay: "30s",
          auth: { kind: "bearer", token: "t" },
        },
        pods: { kind: "scrape", targets: ["http://pod:8080/metrics"] },
      },
    },
    {},
  );
  expect(sources).toMatchObject({
    default: { kind: "prometheus", ingestionDelayMs: 5_000, settings: { url: "http://prometheus:9090" } },
    mimir: { ingestionDelayMs: 30_000, settings: { auth: { kind: "bearer", token: "t" } } },
    pods: {
      kind: "scrape",
      ingestionDelayMs: 0,
      settings: { targets: [{ url: "http://pod:8080/metrics", labels: {} }] },
    },
  });
});

describe("named specs", () => {
  it("are documents that leave to the Canary what it knows", () => {
    const specs = { strict: { duration: "30m" }, "pods.http": { telemetry: "http", namespace: "shop" } };
    expect(readSettings({ specs, specsFolder: "/etc/coalmine/specs" }, {})).toMatchObject({
      specs,
      specsFolder: "/etc/coalmine/specs",
    });
  });

  it("are refused with the path of every problem", () => {
    const problems = problemsOf({
      specs: {
        strict: { durration: "30m", metrics: [{ kind: "errors", limit: "lots" }] },
        list: [],
        "../etc": {},
      },
      specsFolder: "",
    });
    expect(problems.map(({ path }) => path).sort()).toEqual([
      "specs.../etc",
      "specs.list",
      "specs.strict.durration",
      "specs.strict.metrics.0.limit",
      "specsFolder",
    ]);
    const told = problems.find(({ path }) => path === "specs.strict.durration");
    expect(told?.message).toContain("did you mean `duration`?");
  });
});

describe("the environment", () => {
  it("stands above the file", () => {
    const file = { listen: { host: "::1", port: 1 }, logLevel: "error" };
    const settings = readSettings(file, { HOST: "0.0.0.0", PORT: "9999", LOG_LEVEL: "debug" });
    expect(settings).toMatchObject({ listen: { host: "0.0.0.0", port: 9_999 }, logLevel: "debug" });
    expect(readSettings(file, { PORT: "2" }).listen).toMatchObject({ host: "::1", port: 2 });
  });

  it("gives the source `default` its address, and leaves the others and its own settings alone", () => {
    const environment = { PROMETHEUS_URL: "http://here:9090" };
    expect(readSettings(undefined, environment).sources).toMatchObject({
      default: { kind: "prometheus", settings: { url: "http://here:9090" } },
    });
    const file = {
      sources: {
        default: { kind: "prometheus", url: "http://there:9090", headers: { "X-Scope-OrgID": "a" } },
        other: { kind: "prometheus", url: "http://other:9090" },
      },
    };
    expect(readSettings(file, environment).sources).toMatchObject({
      default: { settings: { url: "http://here:9090", headers: { "X-Scope-OrgID": "a" } } },
      other: { settings: { url: "http://other:9090" } },
    });
  });

  it("counts for nothing where it is empty", () => {
    const empty = { PROMETHEUS_URL: "", HOST: "", PORT: "", LOG_LEVEL: "" };
    expect(readSettings(undefined, empty)).toEqual(readSettings(undefined, {}));
  });

  it("is checked like the file", () => {
    const environment = { PORT: "http", LOG_LEVEL: "loud", PROMETHEUS_URL: "prometheus:9090" };
    const paths = problemsOf(undefined, environment).map(({ path }) => path);
    expect(paths.sort()).toEqual(["listen.port", "logLevel", "sources.default.url"]);
  });
});

describe("what cannot be used", () => {
  it("is told all at once, each with its path and the nearest known word", () => {
    const problems = problemsOf({
      lisen: {},
      listen: { prot: 1 },
      logLevel: "inof",
      sources: {
        a: { kind: "prometeus", url: "http://a" },
        b: { kind: "prometheus", ulr: "http://b" },
        c: { kind: "scrape", targets: [], interval: "1s" },
        d: { kind: "scrape", target: "http://d" },
      },
    });
    const told = new Map(problems.map(({ path, message }) => [path, message]));
    expect([...told.keys()].sort()).toEqual([
      "lisen",
      "listen.prot",
      "logLevel",
      "sources.a.kind",
      "sources.b.ulr",
      "sources.b.url",
      "sources.c.targets",
      "sources.d.target",
      "sources.d.targets",
    ]);
    expect(told.get("lisen")).toContain("`listen`");
    expect(told.get("listen.prot")).toContain("`port`");
    expect(told.get("logLevel")).toContain("`info`");
    expect(told.get("sources.a.kind")).toContain("`prometheus`");
    expect(told.get("sources.b.ulr")).toContain("`url`");
    expect(told.get("sources.d.target")).toContain("`targets`");
  });

  it.each([[["a"]], ["text"], [7], [null]])("is a file that holds %j", (file) => {
    expect(file === null ? problemsOf({ sources: null }) : problemsOf(file)).toHaveLength(1);
  });

  it("never repeats a secret", () => {
    const file = {
      sources: {
        a: {
          kind: "prometheus",
          url: "http://me:hunter2@a",
          auth: { kind: "bearer", token: "hunter2 hunter2" },
        },
      },
    };
    expect(problemsOf(file).length).toBeGreaterThan(0);
    expect(JSON.stringify(problemsOf(file))).not.toContain("hunter2");
  });
});
