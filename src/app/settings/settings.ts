import * as z from "zod";
import { clusterSettings } from "../../adapters/kubernetes/find-cluster-access.ts";
import { suggestion } from "../../analysis/spec/nearest-word.ts";
import { number, span } from "../../analysis/spec/scalar-schemas.ts";
import { section, word } from "../../analysis/spec/section.ts";
import { zodProblems } from "../../analysis/spec/zod-problems.ts";
import { CoalmineError, type Problem } from "../../base/errors.ts";
import { safeParse } from "../../base/safe-parse.ts";
import {
  type PrometheusSourceSettings,
  prometheusSourceSettings,
} from "../../sources/prometheus/prometheus-settings.ts";
import { type ScrapeSourceSettings, scrapeSourceSettings } from "../../sources/scrape/scrape-settings.ts";
import { accessSettings } from "./access-settings.ts";
import { type AddressPattern, readAddressPattern } from "./address-pattern.ts";
import { databaseSettings } from "./database-settings.ts";
import { grpcSettings } from "./grpc-settings.ts";
import { namedSpecsSettings } from "./named-specs-settings.ts";

/** A source of the settings, and how long after a moment its samples can be read. */
export type SourceSettings = { readonly ingestionDelayMs: number } & (
  | { readonly kind: "prometheus"; readonly settings: PrometheusSourceSettings }
  | { readonly kind: "scrape"; readonly settings: ScrapeSourceSettings }
);

/** Prometheus stores what it scraped within seconds; the scraper's samples are there when it says so. */
export const defaultDelayMs = { prometheus: 5_000, scrape: 0 } as const;

/** Kept apart from the adapters' `z.strictObject` issues: their unknown keys get a nearest name here. */
const sourceSchema = z
  .looseObject({ kind: word(["prometheus", "scrape"]), ingestionDelay: span.optional() })
  .transform(({ kind, ingestionDelay, ...rest }, context): SourceSettings => {
    const ingestionDelayMs = ingestionDelay ?? defaultDelayMs[kind];
    if (kind === "prometheus") {
      const read = safeParse(prometheusSourceSettings, rest);
      if (read.success) return { kind, ingestionDelayMs, settings: read.data };
      report(context, read.error, Object.keys(prometheusSourceSettings.shape));
    } else {
      const read = safeParse(scrapeSourceSettings, rest);
      if (read.success) return { kind, ingestionDelayMs, settings: read.data };
      report(context, read.error, Object.keys(scrapeSourceSettings.in.shape));
    }
    return z.NEVER;
  });

/** A text alone is read as its `url`. */
const addressPattern = z.preprocess(
  (input) => (typeof input === "string" ? { url: input } : input),
  section(
    { url: z.string(), privateNetworks: z.boolean().default(false) },
    "a URL, or a map with url",
  ).transform(({ url, privateNetworks }, context): AddressPattern => {
    const pattern = readAddressPattern(url, { privateNetworks });
    if (pattern !== null) return pattern;
    const message = `expected a URL such as http://prometheus.*.svc:9090, got ${JSON.stringify(url)}`;
    context.addIssue({ code: "custom", message });
    return z.NEVER;
  }),
);

const hostName = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/i, "expected the name of a host, without a port")
  .transform((name) => name.toLowerCase());

export const settingsSchema = section({
  listen: section({
    host: z.string().min(1).default("127.0.0.1"),
    port: number({ least: 0, most: 65_535, whole: true }).default(8_080),
    /** Names that it is reached by; see adapters/http/foreign-pages.ts. */
    hosts: z.array(hostName).max(100).default([]),
  }).prefault({}),
  logLevel: word(["fatal", "error", "warn", "info", "debug", "silent"]).default("info"),
  /** By the name that a spec's `source` says. */
  sources: z.record(z.string().min(1).max(63), sourceSchema).default({}),
  /** The addresses that a spec may name instead of a source; none unless listed. */
  allowedAddresses: z.array(addressPattern).max(100).default([]),
  /** The Kubernetes API, for a plugin or a server that is not in a pod. */
  kubernetes: clusterSettings.optional(),
  /** Who may ask; everybody without it. */
  access: accessSettings.optional(),
  /** Specs by the names that Flagger's webhooks ask for them by. */
  specs: namedSpecsSettings.default({}),
  /** A folder with more of them, one a file. */
  specsFolder: z.string().min(1).optional(),
  /** For callers by gRPC; without it nothing listens for them. */
  grpc: grpcSettings.optional(),
  /** Where analyses, gates and releases are kept. */
  database: databaseSettings.prefault({}),
  limits: section({
    maxRunning: number({ least: 1, most: 100_000, whole: true }).default(2_000),
    /** Half of `maxRunning` if left out. */
    maxRunningPerNamespace: number({ least: 1, most: 100_000, whole: true }).optional(),
    /** Of a database in memory. */
    maxKept: number({ least: 1, most: 1_000_000, whole: true }).default(10_000),
  }).prefault({}),
});

/** What an operator can set about the server; see {@link readSettings}. */
export type Settings = z.output<typeof settingsSchema>;

/** The variables that stand above the file. An empty one counts as not set. */
export interface SettingsEnvironment {
  readonly PROMETHEUS_URL?: string | undefined;
  readonly HOST?: string | undefined;
  readonly PORT?: string | undefined;
  readonly LOG_LEVEL?: string | undefined;
  readonly DATABASE_URL?: string | undefined;
  readonly DATABASE_FILE?: string | undefined;
}

/**
 * The settings from the file's content (undefined without a file) and the
 * environment, which wins: PROMETHEUS_URL is the address of the source
 * `default`, its other settings stay the file's; DATABASE_URL or DATABASE_FILE is
 * the database, and the first counts where both are set.
 *
 * @throws CoalmineError invalid-settings with every problem and its path; an
 *   unknown key is one, with the nearest known.
 */
export function readSettings(file: unknown, environment: SettingsEnvironment): Settings {
  const read = safeParse(settingsSchema, overlay(file ?? {}, environment));
  if (read.success) return read.data;
  throw unusableSettings(zodProblems(read.error.issues));
}

/** How many analyses may run at once: of everybody, and of one namespace. */
export function runningLimits({ limits }: Pick<Settings, "limits">) {
  const { maxRunning, maxRunningPerNamespace = Math.ceil(maxRunning / 2) } = limits;
  return { maxRunning, maxRunningPerNamespace };
}

/** What is told of settings that are wrong: every problem, in the message too. */
export function unusableSettings(problems: readonly Problem[]): CoalmineError {
  const told = problems.map(({ path, message }) => (path === "" ? message : `${path}: ${message}`));
  return new CoalmineError("invalid-settings", `the settings cannot be used: ${told.join("; ")}`, {
    problems,
  });
}

function overlay(file: unknown, environment: SettingsEnvironment): unknown {
  if (!isMap(file)) return file;
  const { PROMETHEUS_URL, HOST, PORT, LOG_LEVEL, DATABASE_URL, DATABASE_FILE } = environment;
  const over = (key: string, change: (known: Fields) => Fields) => {
    const known = file[key] ?? {};
    return { [key]: isMap(known) ? change(known) : known };
  };
  return {
    ...file,
    ...(LOG_LEVEL && { logLevel: LOG_LEVEL }),
    ...((HOST || PORT) &&
      over("listen", (listen) => ({ ...listen, ...(HOST && { host: HOST }), ...(PORT && { port: PORT }) }))),
    ...(DATABASE_URL && over("database", (known) => ({ ...otherThanWhere(known), url: DATABASE_URL }))),
    ...(!DATABASE_URL &&
      DATABASE_FILE &&
      over("database", (known) => ({ ...otherThanWhere(known), file: DATABASE_FILE }))),
    ...(PROMETHEUS_URL && over("sources", (sources) => withDefaultSource(sources, PROMETHEUS_URL))),
  };
}

function withDefaultSource(sources: Fields, url: string): Fields {
  const known = sources["default"] ?? { kind: "prometheus" };
  return { ...sources, default: isMap(known) ? { ...known, url } : known };
}

/** Which database the file names is not asked any more. */
function otherThanWhere({ kind: _kind, url: _url, file: _file, ...rest }: Fields): Fields {
  return rest;
}

type Fields = Readonly<Record<string, unknown>>;

export function isMap(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function report(context: z.RefinementCtx, error: z.ZodError, known: readonly string[]): void {
  for (const { path, message } of error.issues.flatMap((issue) => sourceProblems(issue, known))) {
    context.addIssue({ code: "custom", path: path === "" ? [] : path.split("."), message });
  }
}

function sourceProblems(issue: z.core.$ZodIssue, known: readonly string[]): readonly Problem[] {
  if (issue.code !== "unrecognized_keys") return zodProblems([issue]);
  const names = issue.path.length === 0 ? ["kind", "ingestionDelay", ...known] : null;
  return issue.keys.map((key) => ({
    path: [...issue.path, key].map(String).join("."),
    message: `unknown key \`${key}\`${names === null ? "" : `; ${suggestion(key, names)}`}`,
  }));
}
