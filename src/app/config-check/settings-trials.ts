/** What of the settings can be tried without a server, and without changing anything. */
import { X509Certificate } from "node:crypto";
import { accessSync, constants, existsSync } from "node:fs";
import { dirname } from "node:path";
import { createSecureContext } from "node:tls";
import type { TrialOutcome } from "../../adapters/cli/config/settings-report.ts";
import { connectToApi } from "../../adapters/kubernetes/api-exchange.ts";
import { findClusterAccess, leadsToCluster } from "../../adapters/kubernetes/find-cluster-access.ts";
import { CoalmineError, messageOf, type Problem } from "../../base/errors.ts";
import { fetchReason } from "../../base/fetch-reason.ts";
import { type Logger, silentLogger } from "../../base/logger.ts";
import type { SchemaVersion } from "../../store/migrations/migrate.ts";
import { openTokens } from "../access/access-tokens.ts";
import { createNamedSpecs } from "../flagger/named-specs.ts";
import { readGrpcTls } from "../grpc/open-grpc.ts";
import { chooseDatabase } from "../settings/database-settings.ts";
import type { GrpcSettings } from "../settings/grpc-settings.ts";
import { type Settings, type SourceSettings, unusableSettings } from "../settings/settings.ts";
import { checkSource } from "../sources/check-source.ts";
import { systemClock } from "../system-clock.ts";
import type { CheckEnvironment } from "./check-environment.ts";

export interface SettingsTrial {
  readonly what: string;
  /** @throws whatever the part throws that the server would start with. */
  run(signal: AbortSignal): Promise<TrialOutcome>;
}

/** For one answer of a target or of the cluster. */
const patienceMs = 3_000;

export function settingsTrials(settings: Settings, environment: CheckEnvironment): readonly SettingsTrial[] {
  const { access, grpc, specsFolder, sources } = settings;
  const isOn = access !== undefined && access.mode === "on";
  const asksCluster =
    access?.serviceAccounts !== undefined || leadsToCluster(environment, settings.kubernetes);
  return [
    ...Object.entries(sources).map(([name, entry]) => ({
      what: `source ${name}`,
      run: (signal: AbortSignal) => trySource(name, entry, signal),
    })),
    { what: "database", run: () => tryDatabase(settings, environment) },
    ...(isOn ? [{ what: "tokens", run: () => tryTokens(access) }] : []),
    ...(grpc?.tls === undefined ? [] : [{ what: "grpc TLS", run: () => tryTls(grpc.tls) }]),
    ...(specsFolder === undefined ? [] : [{ what: "specs folder", run: () => trySpecs(settings) }]),
    ...(asksCluster ? [{ what: "kubernetes", run: () => tryCluster(settings, environment) }] : []),
  ];
}

function ok(text: string): TrialOutcome {
  return { kind: "ok", text };
}

async function trySource(name: string, entry: SourceSettings, signal: AbortSignal): Promise<TrialOutcome> {
  if (entry.kind === "prometheus") {
    await checkSource(name, entry, signal);
    return ok("answers");
  }
  const { targets } = entry.settings;
  await Promise.all(targets.map(({ url }) => tryTarget(url, signal)));
  return ok(targets.length === 1 ? "its target answers" : `its ${targets.length} targets answer`);
}

async function tryTarget(url: string, signal: AbortSignal): Promise<void> {
  const either = AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]);
  const response = await fetch(url, { redirect: "manual", signal: either }).catch((error: unknown) => {
    throw noTarget(url, `does not answer: ${fetchReason(error)}`, error);
  });
  await response.body?.cancel();
  if (response.status !== 200) throw noTarget(url, `answers ${response.status}`);
}

function noTarget(url: string, why: string, cause?: unknown): CoalmineError {
  return new CoalmineError("source-unavailable", `the target ${url} ${why}`, { cause });
}

async function tryDatabase({ database }: Settings, environment: CheckEnvironment): Promise<TrialOutcome> {
  const chosen = chooseDatabase(database, environment);
  switch (chosen.kind) {
    case "memory":
      return ok("nothing to ask");
    case "sqlite": {
      const { readSqliteSchema } = await import("../../store/sqlite/read-sqlite-schema.ts");
      const version = await readSqliteSchema(chosen.path);
      if (version !== null) return ok(schemaText(version));
      requireRoomFor(chosen.path);
      return ok("there is no such file yet: the server will make it");
    }
    case "postgres": {
      const { readPostgresSchema } = await import("../../store/postgres/read-postgres-schema.ts");
      return ok(schemaText(await readPostgresSchema(chosen.url, silentLogger)));
    }
  }
}

function schemaText({ met, known }: SchemaVersion): string {
  if (met === 0) return `answers; the server will make its schema, of version ${known}`;
  if (met === known) return `answers; its schema is of version ${met}`;
  return `answers; its schema is of version ${met}, and the server will bring it to version ${known}`;
}

/** The server makes the folders that are missing, within one that is there. */
function requireRoomFor(path: string): void {
  let folder = dirname(path);
  while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder);
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw noRoom(path, folder, error);
  }
}

function noRoom(path: string, folder: string, cause: unknown): CoalmineError {
  const text = `the database ${path} cannot be made: ${folder} takes no writes; name another file in database.file`;
  return new CoalmineError("source-unavailable", text, { cause });
}

async function tryTokens(access: NonNullable<Settings["access"]>): Promise<TrialOutcome> {
  const { count } = await openTokens(access, systemClock, silentLogger);
  return ok(`${count} ${count === 1 ? "token" : "tokens"} can be used`);
}

async function tryTls(files: GrpcSettings["tls"]): Promise<TrialOutcome> {
  if (files === undefined) return ok("none");
  const { certificate, key, clientAuthority } = await readGrpcTls(files);
  try {
    const authority = clientAuthority === null ? {} : { ca: clientAuthority };
    createSecureContext({ cert: certificate, key, ...authority });
  } catch (error) {
    throw noTls(error);
  }
  const { validTo, validToDate } = new X509Certificate(certificate);
  if (validToDate.getTime() < systemClock.now())
    throw unusableSettings([
      { path: "grpc.tls.certFile", message: `is a certificate that ended ${validTo}` },
    ]);
  return ok(`a certificate until ${validToDate.toISOString().slice(0, 10)}, and its key`);
}

function noTls(cause: unknown): CoalmineError {
  const problems = [
    {
      path: "grpc.tls",
      message: `certFile and keyFile are no certificate with its key: ${messageOf(cause)}`,
    },
  ];
  return new CoalmineError("invalid-settings", "gRPC cannot speak TLS", { cause, problems });
}

/** As the server's log would tell it. */
async function trySpecs({ specs, specsFolder }: Settings): Promise<TrialOutcome> {
  const told: Problem[] = [];
  const warn: Logger["warn"] = ({ spec, problems, error }, message) => {
    const why = error ?? JSON.stringify(problems ?? "");
    told.push({ path: typeof spec === "string" ? spec : "specsFolder", message: `${message}: ${why}` });
  };
  const logger = { ...silentLogger, warn };
  const named = createNamedSpecs({ specs, folder: specsFolder ?? null, clock: systemClock, logger });
  await named.check();
  return told.length > 0 ? { kind: "warned", problems: told } : ok("every spec in it reads");
}

async function tryCluster({ kubernetes }: Settings, environment: CheckEnvironment): Promise<TrialOutcome> {
  const cluster = await findClusterAccess(environment, kubernetes);
  const api = connectToApi(cluster, { timeoutMs: patienceMs, maxBytes: 64 * 1024 });
  try {
    const { status } = await api.get("/version");
    if (status === 200) return ok(`the API at ${cluster.server} answers`);
    throw new CoalmineError("source-unavailable", `the API at ${cluster.server} answers ${status}`);
  } finally {
    await api.close();
  }
}
