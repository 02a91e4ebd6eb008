/** What Flagger's events tell of a release (pkg/controller/scheduler.go): Flagger sends them to the webhook `event`. */
export type HookEvent =
  | { readonly kind: "weight"; readonly weight: number }
  | { readonly kind: "ended" }
  | { readonly kind: "other" };

/** Reads `metadata.eventMessage`; what it does not know is `other`. */
export function readHookEvent(message: string): HookEvent {
  const [, weight] = /^Advance \S+ canary weight (\d{1,3})$/.exec(message) ?? [];
  if (weight !== undefined) return { kind: "weight", weight: Math.min(100, Number(weight)) };
  if (message === "Routing all traffic to canary") return { kind: "weight", weight: 100 };
  // Told of the revision before, whose canary gets nothing from then on.
  if (message.startsWith("New revision detected! Restarting analysis")) return { kind: "weight", weight: 0 };
  return endings.some((ending) => message.startsWith(ending)) ? { kind: "ended" } : { kind: "other" };
}

const endings = ["Canary failed! Scaling down", "Promotion completed! Scaling down"];
