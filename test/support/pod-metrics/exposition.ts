/** What a fake pod shows of the requests it would have answered. */

/** How a pod behaves. */
export type Behaviour = "good" | "bad" | "down";

/** Share of requests that take at most so many seconds, of every pod: so the reason of a fail is always the errors. */
const within = { "0.05": 0.7, "0.1": 0.95, "0.25": 0.99, "0.5": 0.998, "1": 1 } as const;

/** Share of requests that fail. */
const errors: Readonly<Record<Behaviour, number>> = { good: 0.002, bad: 0.2, down: 1 };

/** Whose requests they are. */
export interface CountingPod {
  readonly namespace: string;
  readonly name: string;
  /** As Istio names it in `destination_workload`; null to leave the label out. */
  readonly workload: string | null;
  readonly behaviour: Behaviour;
}

/**
 * As the application counts, and as Istio's sidecar does: the first from its start, the second a series from its
 * first request.
 *
 * @param total requests since the pod began, a whole number.
 */
export function exposition({ namespace, name, workload, behaviour }: CountingPod, total: number): string {
  const bad = Math.floor(total * errors[behaviour]);
  const app = `namespace="${namespace}",pod="${name}"`;
  const owner = workload === null ? "" : `destination_workload="${workload}",`;
  const mesh = `reporter="destination",${owner}destination_workload_namespace="${namespace}",pod="${name}"`;
  const buckets = [...Object.entries(within), ["+Inf", 1] as const];
  const lines = [
    `http_requests_total{${app},status="200"} ${total - bad}`,
    `http_requests_total{${app},status="500"} ${bad}`,
    ...seen(`istio_requests_total{${mesh},response_code="200"}`, total - bad),
    ...seen(`istio_requests_total{${mesh},response_code="500"}`, bad),
    ...buckets.flatMap(([le, share]) => {
      const count = Math.floor(total * share);
      const inMs = le === "+Inf" ? le : Number(le) * 1_000;
      const inMesh = `istio_request_duration_milliseconds_bucket{${mesh},le="${inMs}"} ${count}`;
      return [
        `http_request_duration_seconds_bucket{${app},le="${le}"} ${count}`,
        ...(total === 0 ? [] : [inMesh]),
      ];
    }),
    `http_request_duration_seconds_count{${app}} ${total}`,
    ...seen(`istio_request_duration_milliseconds_count{${mesh}}`, total),
  ];
  return `${lines.join("\n")}\n`;
}

function seen(series: string, count: number): readonly string[] {
  return count === 0 ? [] : [`${series} ${count}`];
}
