/** What kube-state-metrics says of the readiness of pods. */
import { z } from "zod";
import { keepLooking } from "../../../support/keep-looking.ts";
import type { KubernetesApi } from "../../../support/kubernetes-api.ts";
import { listOf } from "../../../support/kubernetes-json.ts";
import { serveText, type TextServer } from "./serve-text.ts";

/** Serves `kube_pod_status_ready` of every pod. */
export async function startPodStates(api: KubernetesApi): Promise<TextServer> {
  let text = "";
  const looking = keepLooking(async () => {
    const pods = (await api.list({ kind: "Pod" })).map((object) => podSchema.parse(object));
    text = pods.map(exposition).join("");
  });
  const server = await serveText(async () => text);
  return {
    ...server,
    async close() {
      await server.close();
      await looking.close();
    },
  };
}

/** One series for each answer, as kube-state-metrics has them. */
function exposition({ metadata: { namespace, name }, status }: Pod): string {
  const ready = status.conditions.find(({ type }) => type === "Ready")?.status.toLowerCase() ?? "false";
  return ["true", "false", "unknown"]
    .map((condition) => {
      const labels = `namespace="${namespace}",pod="${name}",condition="${condition}"`;
      return `kube_pod_status_ready{${labels}} ${condition === ready ? 1 : 0}\n`;
    })
    .join("");
}

const podSchema = z.looseObject({
  metadata: z.looseObject({ namespace: z.string(), name: z.string() }),
  status: z
    .looseObject({ conditions: listOf(z.looseObject({ type: z.string(), status: z.string() })) })
    .prefault({}),
});
type Pod = z.infer<typeof podSchema>;
