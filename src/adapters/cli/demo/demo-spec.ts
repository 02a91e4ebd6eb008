/** What the demo asks: the spec of a user, with times short enough to watch. */

/** The service that every version of the demo is. */
export const demoService = "shop";

/**
 * The spec as a user would write it, v1 being the baseline. Evidence is capped
 * at 2 nats a tick, so a fail takes two or three ticks; the duration leaves room
 * to show that a canary as good as the baseline is not worse. In 200 simulated
 * runs of either, with demo-versions.ts's load, none came to another verdict.
 */
export function demoSpecText(canaryVersion: string): string {
  return `\
apiVersion: coalmine/v1
kind: Analysis
service: ${demoService}
telemetry: http
cohorts:
  canary: {version: ${canaryVersion}}
  baseline: {version: v1}
metrics:
  - {name: errors, kind: errors, compare: {}}
  - {name: latency, kind: latency, compare: {}}
duration: 60s
interval: 1s
tick: 3s
warmup: 2s
`;
}
