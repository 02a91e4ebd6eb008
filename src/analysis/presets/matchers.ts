import type { Matcher } from "../selector.ts";
import type { FieldMatchers } from "./preset.ts";

/** The label is exactly this. */
export function equals(label: string, value: string): Matcher {
  return { label, op: "=", value };
}

/** The label matches the pattern, anchored at both ends. */
export function matches(label: string, pattern: string): Matcher {
  return { label, op: "=~", value: pattern };
}

/** The label does not match the pattern. */
export function differs(label: string, pattern: string): Matcher {
  return { label, op: "!~", value: pattern };
}

/** One matcher for a namespace, none where the spec names none. */
export function inNamespace(label: string, namespace: string): readonly Matcher[] {
  return namespace === "" ? [] : [equals(label, namespace)];
}

/** A name as a pattern that matches only itself, in RE2 and in JavaScript. */
export function literal(name: string): string {
  return name.replace(/[\\^$.|?*+()[\]{}]/g, "\\$&");
}

/**
 * The pods of a Deployment, `<workload>-<replica set>-<pod>`, as Flagger's
 * built-in queries find them. Where the other cohort's workload is called
 * `<workload>-…`, its pods are taken out: those of a DaemonSet have a part less
 * in their name and would match too.
 */
export function podsOfWorkload(label: string): FieldMatchers {
  return (workload, other) => [
    matches(label, `${literal(workload)}-[0-9a-zA-Z]+(-[0-9a-zA-Z]+)`),
    ...(other?.workload?.startsWith(`${workload}-`) ? [differs(label, `${literal(other.workload)}-.*`)] : []),
  ];
}

/** A field of a cohort that is the value of one label. */
export function labelled(label: string): FieldMatchers {
  return (value) => [equals(label, value)];
}
