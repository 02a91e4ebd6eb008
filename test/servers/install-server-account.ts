/** The account that Coalmine's server has in a cluster: as plugins/flagger/server/rbac.yaml gives it, and no more. */
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { KubernetesApi } from "../support/kubernetes-api.ts";
import { serverFolder } from "../support/server-manifests.ts";
import {
  installAccount,
  removeAccount,
  type ServiceAccountFolder,
  writeServiceAccount,
} from "./service-account.ts";
import type { ControlPlane } from "./start-control-plane.ts";

/** An installed account. */
export interface ServerAccount extends ServiceAccountFolder {
  /** `kubernetes` of the server's settings: how a process outside of a pod uses the account. */
  readonly settings: { readonly server: string; readonly tokenFile: string; readonly caFile: string };
  /** Takes its rights away, as where nobody has applied them, or gives them back. */
  setRights(rights: "none" | "all"): Promise<void>;
  /** Removes the account and its files. */
  remove(): Promise<void>;
}

/** Installs it in a namespace of its own, so that several tests can do so in one cluster. */
export async function installServerAccount(
  admin: KubernetesApi,
  plane: ControlPlane,
): Promise<ServerAccount> {
  const namespace = `coalmine-${randomBytes(4).toString("hex")}`;
  const folder = mkdtempSync(join(tmpdir(), "coalmine-account-"));
  await installAccount(admin, [join(serverFolder, "rbac.yaml")], namespace);
  const account = await writeServiceAccount(admin, plane, { namespace, name: "coalmine" }, folder);
  const binding = { kind: "ClusterRoleBinding", name: namespace };
  const subject = { kind: "ServiceAccount", name: "coalmine", namespace };
  return {
    ...account,
    settings: { server: plane.api, tokenFile: account.tokenFile, caFile: account.caFile },
    async setRights(rights) {
      await admin.patch(binding, { subjects: rights === "all" ? [subject] : [] });
    },
    async remove() {
      await removeAccount(admin, namespace);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
