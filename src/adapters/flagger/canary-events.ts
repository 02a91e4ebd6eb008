import type { CanaryName } from "./hook-call.ts";

/** Something that people should read of a release where they look: `kubectl describe canary`. */
export interface CanaryEvent {
  readonly type: "Normal" | "Warning";
  /** In CamelCase, as in `CoalminePass`. */
  readonly reason: string;
  /** One line of at most 1,024 characters. */
  readonly message: string;
}

/** Tells events of Canaries; never fails and never waits: what cannot be told is in the log. */
export interface CanaryEvents {
  tell(canary: CanaryName, event: CanaryEvent): void;
}

/** Where there is no Kubernetes to tell. */
export const noCanaryEvents: CanaryEvents = { tell: () => undefined };
