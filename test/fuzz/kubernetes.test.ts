/** What the Kubernetes API answers, and the files that lead to it. */
import { writeFile } from "node:fs/promises";
import fc from "fast-check";
import { parseRollout } from "../../src/adapters/argo-rollouts/kubernetes/parse-rollout.ts";
import { clusterSettings } from "../../src/adapters/kubernetes/find-cluster-access.ts";
import { readKubeconfig } from "../../src/adapters/kubernetes/kubeconfig.ts";
import { requireName } from "../../src/adapters/kubernetes/object-name.ts";
import { type ApiAsk, refusalOf, saysNotFound, statusOf } from "../../src/adapters/kubernetes/refusal.ts";
import { useTemporaryFolder } from "../support/temporary-folder.ts";
import { damagedJson, damagedValue } from "./support/damage-json.ts";
import { damagedText } from "./support/damage-text.ts";
import { fuzzParser } from "./support/fuzz-parser.ts";
import { yamlTexts } from "./support/yaml-texts.ts";

const ask: ApiAsk = {
  verb: "get",
  resource: "rollouts",
  apiGroup: "argoproj.io",
  version: "v1alpha1",
  namespace: "shop",
  act: "read the Rollout",
  loss: "it cannot be read",
  account: "the account",
  remedy: "give it the right",
  notInstalled: "it is not installed",
};
const statuses = fc.record({
  kind: fc.constant("Status"),
  reason: fc.constantFrom("NotFound", "AlreadyExists", "Forbidden"),
  message: fc.constantFrom(
    'rollouts "a" is forbidden: User "system:serviceaccount:argo:argo-rollouts" cannot get',
    'User "me@x" cannot',
  ),
  details: fc.constantFrom<unknown>({ name: "a", causes: [{ reason: "NamespaceTerminating" }] }, null),
});

fuzzParser({
  name: "refusals of the Kubernetes API",
  inputs: fc.tuple(fc.constantFrom(200, 401, 403, 404, 409, 500), damagedJson(statuses)),
  reaches: ["read"],
  read([status, body]) {
    const answer = { status, body };
    statusOf(answer);
    saysNotFound(answer, "a");
    const { message } = refusalOf(answer, "https://10.0.0.1", ask);
    if (message.length > 2_000 || /[\n\r]/.test(message)) throw new Error("the refusal quotes too much");
  },
});

fuzzParser({
  name: "parseRollout",
  inputs: damagedJson(
    fc.constant({
      kind: "Rollout",
      metadata: { uid: "1", name: "checkout", namespace: "shop" },
      spec: {
        progressDeadlineSeconds: 600,
        strategy: { canary: { trafficRouting: { maxTrafficWeight: 100 } } },
      },
      status: {
        stableRS: "a",
        currentPodHash: "b",
        currentStepIndex: 1,
        canary: { weights: { canary: { weight: 20 } } },
      },
    }),
  ),
  reaches: ["read", "source-unavailable"],
  isOneLine: true,
  read(body) {
    const { weight } = parseRollout(body);
    if (weight !== null && !Number.isFinite(weight)) throw new Error(`a weight of ${weight}`);
  },
});

fuzzParser({
  name: "requireName",
  inputs: damagedText(fc.constantFrom("checkout", "a.b-c", "x".repeat(253)), {
    pieces: ["-", ".", "/", "..", "%2e", "A"],
    longest: 100_000,
  }),
  reaches: ["read", "invalid-request"],
  isOneLine: true,
  read: (name) => requireName("Rollout", name),
});

fuzzParser({
  name: "the settings of a cluster",
  inputs: damagedValue(fc.constant({ server: "https://10.0.0.1:6443", tokenFile: "/t", caFile: "/c" })),
  reaches: ["read", "refused"],
  isRefusal: (thrown) => (thrown instanceof TypeError && thrown.message === "refused" ? "refused" : null),
  read(input) {
    if (!clusterSettings.safeParse(input).success) throw new TypeError("refused");
  },
});

const secret = "s3cr3t-of-the-kubeconfig";
const kubeconfigs = fc
  .constantFrom<Record<string, string>>(
    { token: secret },
    { "client-certificate-data": "YQ==", "client-key-data": "Yg==" },
    { tokenFile: "t" },
  )
  .map((user) => ({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "a",
    contexts: [{ name: "a", context: { cluster: "c", user: "u" } }],
    clusters: [
      { name: "c", cluster: { server: "https://10.0.0.1:6443", "certificate-authority-data": "YQ==" } },
    ],
    users: [{ name: "u", user }],
  }));
const folder = useTemporaryFolder();

fuzzParser({
  name: "readKubeconfig",
  inputs: fc.oneof(
    damagedJson(kubeconfigs, { borrows: false }),
    damagedText(yamlTexts(kubeconfigs), {
      pieces: ["- ", "? ", ": ", "\n", "  ", "&a ", "*a", "<<: *a\n", "[", "{", "!!binary ", "%\n"],
      longest: 4_096,
    }),
  ),
  reaches: ["read", "invalid-settings"],
  secret,
  async read(text) {
    const path = folder.path("config");
    await writeFile(path, text);
    return await readKubeconfig(path);
  },
});
