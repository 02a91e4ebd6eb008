/** How many requests of a canary were judged, and how many there were. */
import { z } from "zod";

/** Of the newest analysis of a Canary, by its errors; and when it ended. */
export async function judgedRequests(coalmine: string, namespace: string, name: string) {
  const query = new URLSearchParams({ namespace, service: name, limit: "1" });
  const response = await fetch(`${coalmine}/v1/analyses?${query}`);
  const { decidedAt, metrics } = analysesSchema.parse(await response.json()).analyses[0];
  return { judged: metrics[0].canary.total, decidedAt };
}

/** What a Prometheus had counted of a workload's requests at a time. */
export async function canaryRequests(
  prometheus: string,
  namespace: string,
  workload: string,
  time: string,
): Promise<number> {
  const labels = `destination_workload_namespace="${namespace}",destination_workload="${workload}"`;
  const query = new URLSearchParams({ query: `sum(istio_requests_total{${labels}})`, time });
  const response = await fetch(`${prometheus}/api/v1/query?${query}`);
  return Number(vectorSchema.parse(await response.json()).data.result[0]?.value[1] ?? 0);
}

const analysesSchema = z.looseObject({
  analyses: z.tuple([
    z.looseObject({
      decidedAt: z.string(),
      metrics: z.tuple([z.looseObject({ canary: z.looseObject({ total: z.number() }) })], z.unknown()),
    }),
  ]),
});

const vectorSchema = z.looseObject({
  data: z.looseObject({
    result: z.array(z.looseObject({ value: z.tuple([z.number(), z.string()]) })),
  }),
});
