/** What keeps a server from starting whose settings read: what they say together, and the environment beside them. */
import { leadsToCluster, unknownCluster } from "../../adapters/kubernetes/find-cluster-access.ts";
import { CoalmineError, type Problem } from "../../base/errors.ts";
import { postgresAddress } from "../../store/postgres/postgres-address.ts";
import { refuseOpenToAll } from "../access/access-control.ts";
import { refuseUnsafeGrpc } from "../grpc/open-grpc.ts";
import { chooseDatabase } from "../settings/database-settings.ts";
import type { Settings } from "../settings/settings.ts";
import { isTracingWanted } from "../tracing/start-tracing.ts";
import type { CheckEnvironment } from "./check-environment.ts";

/** Every one of them, by the functions that the server starts with; nothing outside is asked. */
export async function startProblems(
  settings: Settings,
  environment: CheckEnvironment,
): Promise<readonly Problem[]> {
  const found = await Promise.all([
    problemsOf("access", () => refuseOpenToAll(settings)),
    problemsOf("kubernetes", () => refuseNoCluster(settings, environment)),
    problemsOf("grpc", () => refuseUnsafeServices(settings)),
    problemsOf("database.url", () => refuseUnreadableAddress(settings, environment)),
    problemsOf("OTEL_TRACES_SAMPLER", () => refuseUnknownSampler(environment)),
  ]);
  return found.flat();
}

function refuseNoCluster({ access, kubernetes }: Settings, environment: CheckEnvironment): void {
  const isAsked = access?.mode === "on" && access.serviceAccounts !== undefined;
  if (isAsked && !leadsToCluster(environment, kubernetes)) throw unknownCluster();
}

function refuseUnsafeServices({ grpc, access }: Settings): void {
  if (grpc === undefined) return;
  const isOff = access?.mode === "off";
  const isOn = access !== undefined && !isOff;
  refuseUnsafeGrpc({ settings: grpc, access: { isOn }, isOpenToAll: isOff });
}

function refuseUnreadableAddress({ database }: Settings, environment: CheckEnvironment): void {
  const chosen = chooseDatabase(database, environment);
  if (chosen.kind === "postgres") postgresAddress(chosen.url);
}

async function refuseUnknownSampler(environment: CheckEnvironment): Promise<void> {
  if (!isTracingWanted(environment)) return;
  // With the SDK, which nobody else needs.
  const { samplerOf } = await import("../tracing/sampler.ts");
  samplerOf(environment);
}

/** @param path where a failure without one has its cause. */
async function problemsOf(path: string, check: () => void | Promise<void>): Promise<readonly Problem[]> {
  try {
    await check();
    return [];
  } catch (thrown) {
    const { problems, message } = CoalmineError.from(thrown);
    return problems.length > 0 ? problems : [{ path, message }];
  }
}
