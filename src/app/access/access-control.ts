/** Who may ask, by the settings: tokens, service accounts, or everybody. */
import type { PageGuardOptions } from "../../adapters/http/foreign-pages.ts";
import { connectToApi } from "../../adapters/kubernetes/api-exchange.ts";
import { type ClusterEnvironment, findClusterAccess } from "../../adapters/kubernetes/find-cluster-access.ts";
import { type Access, noAccessControl } from "../../base/access.ts";
import type { Clock } from "../../base/clock.ts";
import { every } from "../../base/every.ts";
import type { Logger } from "../../base/logger.ts";
import { type Settings, unusableSettings } from "../settings/settings.ts";
import { openTokens } from "./access-tokens.ts";
import { isLoopback } from "./loopback.ts";
import { createServiceAccounts, type ServiceAccounts } from "./token-review.ts";

/** Access control of a server, in use. */
export interface OpenAccess extends Access {
  /** In a word or two, for the log. */
  readonly told: string;
  /** Warns now, and every hour until `close`, where everybody who reaches the server may ask for anything. */
  announce(): void;
  close(): Promise<void>;
}

export interface AccessOptions {
  readonly settings: Pick<Settings, "access" | "kubernetes" | "listen" | "grpc">;
  readonly environment: ClusterEnvironment;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Flagger waits 5 s for an answer, this included. */
const reviewLimits = { timeoutMs: 3_000, maxBytes: 1024 * 1024 };

const warnAgainMs = 3_600_000;

/**
 * Without settings, and with `mode: off`, everybody may do everything.
 *
 * @throws CoalmineError invalid-settings where that would be on an address that
 *   others than this machine may reach, unless the settings say `mode: off`; and
 *   for tokens and a cluster that cannot be used, as {@link openTokens} and
 *   {@link findClusterAccess} have it.
 */
export async function openAccess(options: AccessOptions): Promise<OpenAccess> {
  const { settings, clock, logger } = options;
  refuseOpenToAll(settings);
  const { host } = settings.listen;
  if (settings.access === undefined || settings.access.mode === "off") {
    const stopping = new AbortController();
    const hosts = [host, settings.grpc?.host ?? host].filter((one) => !isLoopback(one));
    return {
      ...noAccessControl,
      told: "off",
      announce() {
        if (hosts.length > 0) void warnEveryHour(hosts, clock, logger, stopping.signal);
      },
      close: async () => stopping.abort(),
    };
  }
  const tokens = await openTokens(settings.access, clock, logger);
  const accounts = settings.access.serviceAccounts === undefined ? null : await openServiceAccounts(options);
  return {
    isOn: true,
    get told() {
      const { count } = tokens;
      const ofTokens = `on, ${count} ${count === 1 ? "token" : "tokens"}`;
      return accounts === null ? ofTokens : `${ofTokens}, service accounts of ${accounts.server}`;
    },
    async callerOf(secret) {
      if (secret === null) return null;
      // Ours first: the cluster must not see them.
      return (await tokens.callerOf(secret)) ?? (await accounts?.callerOf(secret)) ?? null;
    },
    announce: () => undefined,
    close: async () => await accounts?.close(),
  };
}

/** @throws CoalmineError invalid-settings if others than this machine may reach the server, and nobody said who may ask. */
export function refuseOpenToAll({ access, listen: { host } }: Pick<Settings, "access" | "listen">): void {
  if (access === undefined && !isLoopback(host)) throw openToAll(host);
}

/**
 * Without access control a page that turned its name into this machine's address
 * could ask for anything. Where others reach the server too, by names that
 * nobody listed, which of them are its own is not known.
 */
export function pageGuardOptions({ host, hosts }: Settings["listen"], { isOn }: Access): PageGuardOptions {
  return {
    hosts: [host.toLowerCase(), ...hosts],
    refusesOtherHosts: !isOn && (isLoopback(host) || hosts.length > 0),
  };
}

async function openServiceAccounts({
  settings: { access, kubernetes },
  environment,
  clock,
}: AccessOptions): Promise<ServiceAccounts & { readonly server: string; close(): Promise<void> }> {
  const settings = access?.serviceAccounts;
  if (settings === undefined) throw new TypeError("service accounts are not in the settings");
  const cluster = await findClusterAccess(environment, kubernetes);
  const { server } = cluster;
  const api = connectToApi(cluster, reviewLimits);
  return { ...createServiceAccounts({ settings, api, server, clock }), server, close: () => api.close() };
}

async function warnEveryHour(
  hosts: readonly string[],
  clock: Clock,
  logger: Logger,
  signal: AbortSignal,
): Promise<void> {
  const warn = async () =>
    logger.warn(
      { hosts: [...new Set(hosts)] },
      "access control is off (access.mode): whoever reaches this address may ask for anything; name tokens under access in the settings",
    );
  await warn();
  await every(clock, warnAgainMs, signal, warn);
}

function openToAll(host: string) {
  const message =
    `is missing, and listen.host (${host}) may be reached by others than this machine: name who may ask ` +
    "(access.tokens, made by `coalmine token create`), or let everybody ask for everything with access: {mode: off}; " +
    "listen.host: 127.0.0.1 needs neither";
  return unusableSettings([{ path: "access", message }]);
}
