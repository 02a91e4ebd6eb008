import type { ClusterEnvironment } from "../../adapters/kubernetes/find-cluster-access.ts";
import type { SettingsEnvironment } from "../settings/settings.ts";
import type { TracingEnvironment } from "../tracing/tracing-options.ts";

/** All of the environment that the server reads. */
export interface CheckEnvironment extends SettingsEnvironment, TracingEnvironment, ClusterEnvironment {
  readonly XDG_STATE_HOME?: string | undefined;
}
