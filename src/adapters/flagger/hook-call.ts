/** What Flagger sends, once it is parsed (CanaryWebhookPayload, pkg/apis/flagger/v1beta1/canary.go). */

/** The types of webhooks of a Canary; an empty type is `rollout`. */
export const hookTypes = [
  "confirm-rollout",
  "pre-rollout",
  "rollout",
  "confirm-traffic-increase",
  "confirm-promotion",
  "post-rollout",
  "rollback",
  "event",
] as const;

export type HookType = (typeof hookTypes)[number];

/** A Canary by its place. */
export interface CanaryName {
  readonly namespace: string;
  readonly name: string;
}

export interface HookCall {
  readonly hook: HookType;
  readonly canary: CanaryName;
  /** As in `Progressing`; a newer Flagger may know others. */
  readonly phase: string;
  /** Of the revision; that of the revision before at `confirm-rollout`. */
  readonly checksum: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** A call once it is known who sends it. */
export interface AskedCall extends HookCall {
  /** Name of the caller. */
  readonly caller: string;
}

/** What Flagger is answered: it reads the status, and shows the text of some denials. */
export interface HookAnswer {
  /** Flagger takes 200 to 202 as a yes, and loses the text of 429 and 5xx. */
  readonly status: 200 | 400 | 401 | 403 | 404 | 405 | 413;
  /** One line of at most 1 KB. */
  readonly text: string;
}
