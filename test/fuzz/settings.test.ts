/** What an operator writes: the settings file, addresses, tokens and what stands in the environment. */
import { writeFile } from "node:fs/promises";
import fc from "fast-check";
import { openAccess } from "../../src/app/access/access-control.ts";
import { readTokenClaims } from "../../src/app/access/token-review-claims.ts";
import { loadPluginSettings } from "../../src/app/argo-plugin/plugin-settings.ts";
import { readAddressPattern } from "../../src/app/settings/address-pattern.ts";
import { loadSettings } from "../../src/app/settings/load-settings.ts";
import { readSettings } from "../../src/app/settings/settings.ts";
import { systemClock } from "../../src/app/system-clock.ts";
import { parseDuration } from "../../src/base/duration.ts";
import { postgresAddress } from "../../src/store/postgres/postgres-address.ts";
import { quietLogger } from "../support/quiet-logger.ts";
import { useTemporaryFolder } from "../support/temporary-folder.ts";
import { damagedJson, damagedValue } from "./support/damage-json.ts";
import { damagedText } from "./support/damage-text.ts";
import { fuzzParser } from "./support/fuzz-parser.ts";
import { anyText } from "./support/hostile.ts";
import { specDocuments } from "./support/specs.ts";
import { yamlPieces, yamlTexts } from "./support/yaml-texts.ts";

const secret = "s3cr3t-token-of-the-shop";
const files = fc.record(
  {
    listen: fc.constant({ host: "127.0.0.1", port: 8080 }),
    logLevel: fc.constantFrom("info", "debug"),
    sources: fc.constantFrom<unknown>(
      { default: { kind: "prometheus", url: "http://p:9090", auth: { kind: "bearer", token: secret } } },
      { pods: { kind: "scrape", targets: ["http://10.0.0.1:8080"], ingestionDelay: "1s" } },
    ),
    allowedAddresses: fc.constant(["http://prometheus.*.svc:9090"]),
    kubernetes: fc.constant({ server: "https://10.0.0.1", tokenFile: "/t" }),
    access: fc.constant({ tokens: [{ name: "shop", token: secret, namespaces: ["shop", "team-*"] }] }),
    specs: specDocuments.map(({ service: _, namespace: __, ...strict }) => ({ strict })),
    limits: fc.constant({ maxRunning: 10, maxKept: "20" }),
  },
  { requiredKeys: [] },
);
const environment = fc.record(
  {
    PROMETHEUS_URL: anyText(),
    HOST: anyText(),
    PORT: fc.oneof(fc.constant("80"), anyText()),
    LOG_LEVEL: anyText(),
  },
  { requiredKeys: [] },
);

fuzzParser({
  name: "readSettings and openAccess",
  inputs: fc.tuple(
    damagedValue(files, { borrows: false }),
    fc.oneof({ weight: 4, arbitrary: fc.constant({}) }, environment),
  ),
  reaches: ["read", "invalid-settings"],
  secret,
  read: ([file, variables]) =>
    openAccess({
      settings: readSettings(file, variables),
      environment: {},
      clock: systemClock,
      logger: quietLogger(),
    }),
});

const folder = useTemporaryFolder();
fuzzParser({
  name: "loadSettings (the file as text)",
  inputs: damagedText(yamlTexts(files.map(({ specs: _, ...short }) => short)), {
    pieces: yamlPieces,
    longest: 4_096,
  }),
  reaches: ["read", "invalid-settings"],
  secret,
  async read(text) {
    const path = folder.path("coalmine.yaml");
    await writeFile(path, text);
    return await loadSettings(path, {});
  },
});

fuzzParser({
  name: "the arguments of the plugin",
  inputs: fc.array(
    damagedText(fc.constantFrom("--source", "default=http://p:9090", "--source=a=https://b"), {
      pieces: ["=", "-", "--settings", "http://"],
      longest: 5_000,
    }),
    { maxLength: 4 },
  ),
  reaches: ["read", "invalid-settings"],
  read: (args) => loadPluginSettings(["--settings=/dev/null", ...args], {}),
});

fuzzParser({
  name: "readAddressPattern and what it allows",
  inputs: fc.tuple(
    damagedText(fc.constantFrom("http://prometheus.*.svc:9090", "https://*.example:*/p/"), {
      pieces: ["*", ".", ":", "/", "[", "@", "%2e", "?"],
      longest: 20_000,
    }),
    damagedText(fc.constantFrom("http://prometheus.shop.svc:9090", "https://a.example:1/p/q"), {
      pieces: ["@", "[::1]", "%2e", "..", "/", "?", "#", "\\", "\t"],
      longest: 20_000,
    }),
  ),
  reaches: ["read"],
  read: ([pattern, address]) => readAddressPattern(pattern)?.allows(address),
});

fuzzParser({
  name: "postgresAddress",
  inputs: damagedText(
    fc.constantFrom(
      `postgres://me:${secret}@db:5432/coalmine`,
      `postgresql://me:${secret}@db/c?sslmode=require`,
    ),
    { pieces: ["@", "/", "?", "#", ":", "%", "%2F"], longest: 20_000 },
  ),
  reaches: ["read", "invalid-settings"],
  secret,
  read(url) {
    // With a separator put into the password, what stands after it can read as host or path.
    const shown = postgresAddress(url);
    if (shown.includes(secret)) throw new Error("the address tells the password");
  },
});

fuzzParser({
  name: "parseDuration",
  inputs: damagedText(fc.constantFrom("10m", "1h30m", "250ms", "90", "1.5s"), {
    pieces: ["ms", "s", "m", "h", "d", ".", "9", " ", "-", "e"],
    longest: 65_000,
  }),
  reaches: ["read"],
  read(text) {
    const ms = parseDuration(text);
    if (ms !== null && !(Number.isFinite(ms) && ms >= 0)) throw new Error(`a duration of ${ms} ms`);
  },
});

const claims = fc.record({
  aud: fc.constantFrom<unknown>("coalmine", ["coalmine", "other"]),
  exp: fc.constant(1_795_262_400),
  sub: fc.constantFrom("system:serviceaccount:shop:pipeline", "me"),
});
fuzzParser({
  name: "readTokenClaims (of whoever asks)",
  inputs: fc.oneof(
    {
      weight: 3,
      arbitrary: damagedJson(claims).map((json) => `e30.${Buffer.from(json).toString("base64url")}.c2ln`),
    },
    damagedText(fc.constant("e30.e30.c2ln"), { pieces: [".", "=", "e30", "W10", "-", "_"], longest: 16_384 }),
  ),
  reaches: ["read"],
  read(token) {
    const read = readTokenClaims(token);
    if (read !== null && !Number.isFinite(read.expiresAt)) throw new Error(`it expires at ${read.expiresAt}`);
  },
});
