/** Finds the cluster that this process works for. */
import { join } from "node:path";
import * as z from "zod";
import { authority } from "../../base/authority.ts";
import { CoalmineError } from "../../base/errors.ts";
import type { ClusterAccess } from "./cluster-access.ts";
import { readKubeconfig } from "./kubeconfig.ts";

const httpsServer = z
  .url({ protocol: /^https$/, error: "must be an https URL, for instance https://10.0.0.1:443" })
  .refine((text) => URL.parse(text)?.pathname === "/", "must have no path")
  .refine((text) => !text.includes("@"), "must hold no user name or password");

/** The API server as an operator's settings name it; needed only outside a pod. */
export const clusterSettings = z.strictObject({
  server: httpsServer,
  tokenFile: z.string().min(1),
  caFile: z.string().min(1).optional(),
});

export type ClusterSettings = z.output<typeof clusterSettings>;

/** Where every pod finds its service account's files. */
const serviceAccountFolder = "/var/run/secrets/kubernetes.io/serviceaccount";

/** The environment's variables that lead to a cluster. */
export interface ClusterEnvironment {
  readonly KUBECONFIG?: string | undefined;
  readonly KUBERNETES_SERVICE_HOST?: string | undefined;
  readonly KUBERNETES_SERVICE_PORT?: string | undefined;
}

/** Whether anything leads to a cluster; whether it is right is not asked. */
export function leadsToCluster(environment: ClusterEnvironment, settings?: ClusterSettings): boolean {
  const { KUBECONFIG, KUBERNETES_SERVICE_HOST: host } = environment;
  return settings !== undefined || Boolean(KUBECONFIG) || Boolean(host);
}

/**
 * The cluster that the settings name; without settings the one of `KUBECONFIG`;
 * without that the one this process is a pod of, by its service account.
 *
 * @throws CoalmineError invalid-settings if none of them leads to a cluster, or
 *   the kubeconfig cannot be used.
 */
export async function findClusterAccess(
  environment: ClusterEnvironment,
  settings?: ClusterSettings,
): Promise<ClusterAccess> {
  if (settings !== undefined) return accessOfSettings(settings);
  const { KUBECONFIG, KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = environment;
  if (KUBECONFIG) return await readKubeconfig(KUBECONFIG);
  if (!host || !port) throw unknownCluster();
  return accessOfSettings({
    server: `https://${authority({ host, port })}`,
    tokenFile: join(serviceAccountFolder, "token"),
    caFile: join(serviceAccountFolder, "ca.crt"),
  });
}

/** What a process is told that nothing leads to a cluster. */
export function unknownCluster(): CoalmineError {
  return new CoalmineError(
    "invalid-settings",
    "not in a pod (KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set), so the Kubernetes API is unknown: " +
      "set kubernetes.server, kubernetes.tokenFile and kubernetes.caFile in the settings, or KUBECONFIG",
  );
}

function accessOfSettings({ server, tokenFile, caFile }: ClusterSettings): ClusterAccess {
  return {
    server,
    authority: caFile === undefined ? null : { kind: "file", path: caFile },
    token: { kind: "file", path: tokenFile },
    certificate: null,
    insecure: false,
  };
}
