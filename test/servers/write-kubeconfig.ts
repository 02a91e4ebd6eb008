/** A kubeconfig file, as programs of Kubernetes take it. */
import { writeFileSync } from "node:fs";
import type { KubernetesAccess } from "../support/kubernetes-api.ts";

/** Writes one with a single context, which only its owner can read. */
export function writeKubeconfig(file: string, { api, token, caFile }: KubernetesAccess): void {
  const named = (kind: string, content: unknown) => [{ name: "coalmine", [kind]: content }];
  const content = {
    apiVersion: "v1",
    kind: "Config",
    clusters: named("cluster", { server: api, "certificate-authority": caFile }),
    users: named("user", { token }),
    contexts: named("context", { cluster: "coalmine", user: "coalmine" }),
    "current-context": "coalmine",
  };
  writeFileSync(file, JSON.stringify(content, null, 2), { mode: 0o600 });
}
