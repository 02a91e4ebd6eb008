/** A service account of a cluster, as a pod that runs under it finds it. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { KubernetesAccess, KubernetesApi, Manifest } from "../support/kubernetes-api.ts";
import { readManifests } from "../support/read-manifests.ts";
import type { ControlPlane } from "./start-control-plane.ts";

/**
 * Creates a namespace with the service account of a release, bound to the release's cluster role; so several
 * installations can share a cluster.
 *
 * @param files the release's manifests: a ServiceAccount, ClusterRoles and a ClusterRoleBinding.
 */
export async function installAccount(
  admin: KubernetesApi,
  files: readonly string[],
  namespace: string,
): Promise<void> {
  await admin.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
  const manifests = files.flatMap((file) => readManifests(readFileSync(file, "utf8")));
  const accounts = manifests.filter(({ kind }) => kind === "ServiceAccount");
  const subjects = accounts.map(({ kind, metadata }) => ({ kind, name: metadata.name, namespace }));
  for (const manifest of manifests) await installOne(admin, manifest, namespace, subjects);
}

async function installOne(
  admin: KubernetesApi,
  manifest: Manifest,
  namespace: string,
  subjects: readonly unknown[],
): Promise<void> {
  const { kind, metadata } = manifest;
  if (kind === "ClusterRoleBinding") {
    await admin.create({ ...manifest, metadata: { ...metadata, name: namespace }, subjects });
  } else if (kind === "ServiceAccount") {
    await admin.create({ ...manifest, metadata: { ...metadata, namespace } });
  } else {
    // The cluster role is every installation's.
    await admin.apply(manifest);
  }
}

/** Takes away what `installAccount` made, but the cluster role. */
export async function removeAccount(admin: KubernetesApi, namespace: string): Promise<void> {
  await admin.delete({ kind: "ClusterRoleBinding", name: namespace });
  await admin.delete({ kind: "Namespace", name: namespace });
}

/** What Kubernetes mounts into each pod of an account; a copy that other processes can read. */
export interface ServiceAccountFolder {
  readonly folder: string;
  readonly tokenFile: string;
  readonly caFile: string;
  readonly namespaceFile: string;
  /** The API with the account's rights. */
  readonly access: KubernetesAccess;
}

/**
 * Writes it into the folder `serviceaccount` of a folder, with a token as a pod's is made (TokenRequest), good for a day.
 *
 * @param admin asks for the token.
 */
export async function writeServiceAccount(
  admin: KubernetesApi,
  plane: ControlPlane,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  parent: string,
): Promise<ServiceAccountFolder> {
  const answer = await admin.request(
    "POST",
    `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`,
    {
      apiVersion: "authentication.k8s.io/v1",
      kind: "TokenRequest",
      spec: { expirationSeconds: 86_400 },
    },
  );
  const { token } = tokenRequest.parse(answer).status;
  const folder = join(parent, "serviceaccount");
  mkdirSync(folder);
  const files = {
    tokenFile: join(folder, "token"),
    caFile: join(folder, "ca.crt"),
    namespaceFile: join(folder, "namespace"),
  };
  writeFileSync(files.tokenFile, token, { mode: 0o600 });
  writeFileSync(files.caFile, readFileSync(plane.caFile));
  writeFileSync(files.namespaceFile, namespace);
  return { folder, ...files, access: { api: plane.api, token, caFile: files.caFile } };
}

const tokenRequest = z.looseObject({ status: z.looseObject({ token: z.string() }) });
