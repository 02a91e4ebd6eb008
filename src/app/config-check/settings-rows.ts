/** What settings mean, as a person reads it. Of secrets it says where they are, and never what. */
import { authority } from "../../base/authority.ts";
import { formatDuration } from "../../base/duration.ts";
import { postgresAddress } from "../../store/postgres/postgres-address.ts";
import type { AccessSettings } from "../settings/access-settings.ts";
import { chooseDatabase } from "../settings/database-settings.ts";
import {
  runningLimits,
  type Settings,
  type SettingsEnvironment,
  type SourceSettings,
} from "../settings/settings.ts";
import { isTracingWanted } from "../tracing/start-tracing.ts";
import type { CheckEnvironment } from "./check-environment.ts";

type Row = readonly [name: string, text: string];

export interface SettingsRowsOptions {
  readonly settings: Settings;
  /** That was read; null without one. */
  readonly file: string | null;
  readonly environment: CheckEnvironment;
}

/** The variables of {@link SettingsEnvironment}: the compiler holds them to it. */
const variables = {
  PROMETHEUS_URL: true,
  HOST: true,
  PORT: true,
  LOG_LEVEL: true,
  DATABASE_URL: true,
  DATABASE_FILE: true,
} as const satisfies Record<keyof SettingsEnvironment, true>;

export function settingsRows({ settings, file, environment }: SettingsRowsOptions): readonly Row[] {
  const { listen, grpc, specs, specsFolder, allowedAddresses, logLevel } = settings;
  const { maxRunning, maxRunningPerNamespace } = runningLimits(settings);
  const names = Object.keys(specs);
  return [
    ["settings", originOf(file, environment)],
    ["listen", `http://${authority(listen)}${listOf(listen.hosts, "; also known as ")}`],
    ["grpc", grpc === undefined ? "not spoken" : grpcText(grpc)],
    ...accessRows(settings.access),
    ...sourceRows(settings.sources),
    ["database", databaseText(settings, environment)],
    ["limits", `${maxRunning} analyses at once, ${maxRunningPerNamespace} of one namespace`],
    ["specs", names.length === 0 ? "none" : names.join(", ")],
    ...(specsFolder === undefined ? [] : [["specs folder", specsFolder] as const]),
    ["addresses", `${allowedAddresses.length || "no"} patterns that a spec's own address may match`],
    ["kubernetes", kubernetesText(settings, environment)],
    ["log", logLevel],
    ["traces", isTracingWanted(environment) ? "to the endpoint of OTEL_EXPORTER_OTLP_*" : "none"],
  ];
}

function originOf(file: string | null, environment: SettingsEnvironment): string {
  const set = Object.entries(environment).filter(([name, value]) => name in variables && Boolean(value));
  const above = listOf(
    set.map(([name]) => name),
    "; of the environment ",
  );
  return `${file ?? "no file"}${above}`;
}

function grpcText(grpc: NonNullable<Settings["grpc"]>): string {
  const { tls, plaintextTokens } = grpc;
  if (tls === undefined)
    return `${authority(grpc)}, in plain text${plaintextTokens ? ", tokens included" : ""}`;
  const clients = tls.clientCaFile === undefined ? "" : `; clients' certificates by ${tls.clientCaFile}`;
  return `${authority(grpc)}, TLS by ${tls.certFile}${clients}`;
}

function accessRows(access: AccessSettings | undefined): readonly Row[] {
  if (access === undefined) return [["access", "off: everybody on this machine may ask for everything"]];
  if (access.mode === "off") return [["access", "off: whoever reaches the server may ask for everything"]];
  const { tokens, tokensFile, tokensFolder, serviceAccounts } = access;
  return [
    ["access", "on"],
    ...tokens.map(({ name, scopes, namespaces, secret }): Row => {
      const held = secret.kind === "file" ? `from ${secret.path}` : "by its SHA-256";
      return [`token ${name}`, `${rightsText(scopes, namespaces)}, ${held}`];
    }),
    ...(tokensFile === undefined ? [] : [["tokens", `of ${tokensFile}`] as const]),
    ...(tokensFolder === undefined ? [] : [["tokens", `of the files in ${tokensFolder}`] as const]),
    ...(serviceAccounts === undefined ? [] : [["service accounts", accountsText(serviceAccounts)] as const]),
  ];
}

function rightsText(scopes: readonly string[], namespaces: readonly string[] | "own"): string {
  const where = namespaces === "own" ? "its own namespace" : namespaces.join(", ");
  return `${scopes.join(" and ")} in ${where}`;
}

function accountsText({
  allow,
  scopes,
  namespaces,
  audience,
}: NonNullable<AccessSettings["serviceAccounts"]>): string {
  return `${allow.join(", ")}: ${rightsText(scopes, namespaces)}, with tokens made for ${audience}`;
}

function sourceRows(sources: Readonly<Record<string, SourceSettings>>): readonly Row[] {
  const rows = Object.entries(sources).map(
    ([name, entry]): Row => [`source ${name}`, `${sourceText(entry)}${delayText(entry)}`],
  );
  return rows.length > 0 ? rows : [["sources", "none: every analysis would be refused"]];
}

function sourceText(entry: SourceSettings): string {
  if (entry.kind === "scrape") {
    const { targets, intervalMs } = entry.settings;
    return `scrapes ${targets.map(({ url }) => url).join(", ")} every ${formatDuration(intervalMs)}`;
  }
  const { url, auth } = entry.settings;
  return `Prometheus at ${url}${authText(auth)}`;
}

function authText(auth: Extract<SourceSettings, { kind: "prometheus" }>["settings"]["auth"]): string {
  switch (auth.kind) {
    case "none":
      return "";
    case "bearer":
      return `, with a token${auth.tokenFile === undefined ? "" : ` from ${auth.tokenFile}`}`;
    case "basic":
      return `, as ${auth.username}, with a password${auth.passwordFile === undefined ? "" : ` from ${auth.passwordFile}`}`;
  }
}

function delayText({ ingestionDelayMs }: SourceSettings): string {
  return ingestionDelayMs === 0 ? "" : `, read ${formatDuration(ingestionDelayMs)} late`;
}

function databaseText({ database, limits }: Settings, environment: CheckEnvironment): string {
  const chosen = chooseDatabase(database, environment);
  const kept = `; keeps analyses ${days(database.keep)}, the audit ${days(database.keepAudit)}`;
  switch (chosen.kind) {
    case "memory":
      return `memory, up to ${limits.maxKept} analyses: a restart forgets everything`;
    case "sqlite":
      return `SQLite, ${chosen.path}${kept}`;
    case "postgres":
      return `PostgreSQL at ${postgresAddress(chosen.url)}, ${database.maxConnections} connections${kept}`;
  }
}

function days(ms: number): string {
  const count = ms / 86_400_000;
  return Number.isInteger(count) ? `${count}d` : formatDuration(ms);
}

function kubernetesText({ kubernetes }: Settings, environment: CheckEnvironment): string {
  if (kubernetes !== undefined) return `${kubernetes.server}, with a token from ${kubernetes.tokenFile}`;
  if (environment.KUBECONFIG) return `that of KUBECONFIG, ${environment.KUBECONFIG}`;
  return environment.KUBERNETES_SERVICE_HOST ? "that of this pod" : "none: Canaries get no Events";
}

function listOf(texts: readonly string[], before: string): string {
  return texts.length === 0 ? "" : `${before}${texts.join(", ")}`;
}
