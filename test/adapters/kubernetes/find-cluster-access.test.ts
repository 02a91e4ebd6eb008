import { writeFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { clusterSettings, findClusterAccess } from "../../../src/adapters/kubernetes/find-cluster-access.ts";
import { useTemporaryFolder } from "../../support/temporary-folder.ts";

const folder = useTemporaryFolder();

describe("findClusterAccess", () => {
  it("finds the cluster that this process is a pod of", async () => {
    const pod = { KUBERNETES_SERVICE_HOST: "10.96.0.1", KUBERNETES_SERVICE_PORT: "443" };
    expect(await findClusterAccess(pod)).toEqual({
      server: "https://10.96.0.1:443",
      authority: { kind: "file", path: "/var/run/secrets/kubernetes.io/serviceaccount/ca.crt" },
      token: { kind: "file", path: "/var/run/secrets/kubernetes.io/serviceaccount/token" },
      certificate: null,
      insecure: false,
    });
    const v6 = await findClusterAccess({ ...pod, KUBERNETES_SERVICE_HOST: "fd00::1" });
    expect(v6.server).toBe("https://[fd00::1]:443");
  });

  it("prefers what the settings name", async () => {
    const settings = clusterSettings.parse({
      server: "https://127.0.0.1:6443",
      tokenFile: "/t",
      caFile: "/c",
    });
    const environment = { KUBECONFIG: "/nowhere", KUBERNETES_SERVICE_HOST: "10.96.0.1" };
    expect(await findClusterAccess(environment, settings)).toMatchObject({
      server: "https://127.0.0.1:6443",
      token: { path: "/t" },
      authority: { path: "/c" },
    });
  });

  it("says what to set where there is no cluster", async () => {
    await expect(findClusterAccess({})).rejects.toMatchObject({
      code: "invalid-settings",
      message: expect.stringContaining("kubernetes.server"),
    });
  });

  it("reads the current context of a kubeconfig, data before files", async () => {
    const path = folder.path("config");
    await writeFile(path, kubeconfig("here"));
    expect(await findClusterAccess({ KUBECONFIG: path })).toEqual({
      server: "https://127.0.0.1:6443",
      authority: { kind: "text", text: "authority" },
      token: null,
      certificate: {
        certificate: { kind: "file", path: folder.path("ann.pem") },
        key: { kind: "file", path: "/keys/ann.key" },
      },
      insecure: false,
    });
    await writeFile(path, kubeconfig("there"));
    expect(await findClusterAccess({ KUBECONFIG: path })).toMatchObject({
      server: "https://there.example",
      token: { kind: "text", text: "s3cret" },
      insecure: true,
    });
  });

  it.each([
    ["no context of that name", () => kubeconfig("nowhere"), 'no context named "nowhere"'],
    ["what is no YAML", () => "users: [{token: s3cret", "it is not YAML"],
    ["another shape", () => "users: s3cret", "users"],
  ])("names the file with %s, and shows nothing of it", async (_, content, words) => {
    await writeFile(folder.path("config"), content());
    const error = await findClusterAccess({ KUBECONFIG: folder.path("config") }).catch(
      (caught: unknown) => caught,
    );
    expect(error).toMatchObject({ code: "invalid-settings", message: expect.stringContaining(words) });
    expect(error).toMatchObject({ message: expect.stringContaining(folder.path("config")) });
    expect(error).not.toMatchObject({ message: expect.stringContaining("s3cret") });
  });
});

describe("clusterSettings", () => {
  it.each([
    ["http://127.0.0.1:6443", "https URL"],
    ["https://127.0.0.1:6443/prefix", "no path"],
    ["https://me:secret@127.0.0.1", "no user name"],
  ])("refuses the server %s", (server, words) => {
    expect(clusterSettings.safeParse({ server, tokenFile: "/t" }).error?.issues[0]?.message).toContain(words);
  });
});

function kubeconfig(context: string): string {
  return `
apiVersion: v1
kind: Config
current-context: ${context}
contexts:
  - {name: here, context: {cluster: lab, user: ann}}
  - {name: there, context: {cluster: far, user: ben}}
clusters:
  - name: lab
    cluster:
      server: https://127.0.0.1:6443
      certificate-authority: wrong.pem
      certificate-authority-data: ${Buffer.from("authority").toString("base64")}
  - name: far
    cluster: {server: "https://there.example/", insecure-skip-tls-verify: true}
users:
  - {name: ann, user: {client-certificate: ann.pem, client-key: /keys/ann.key}}
  - {name: ben, user: {token: s3cret}}
`;
}
