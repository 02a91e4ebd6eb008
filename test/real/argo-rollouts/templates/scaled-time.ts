/**
 * The published manifests for a test: an hour of theirs takes three minutes, and
 * Coalmine and Prometheus are where the test has them. Nothing else changes.
 */
import { parseDuration } from "../../../../src/base/duration.ts";
import type { Manifest } from "../../../support/kubernetes-api.ts";

/** How many times faster the test's time runs. */
const speed = 20;

/** Where a test has what the manifests name by a cluster's addresses. */
export interface Places {
  /** Of `coalmine serve`. */
  readonly server: string;
  readonly prometheus: string;
}

/** The scheduler of a Job's pods; there is none of that name, so the fake nodes do not end them and the test may. */
export const testScheduler = "coalmine-test";

type Tree = Readonly<Record<string, unknown>>;

/**
 * The manifest with:
 * - every `duration` of a pause, `interval` and `initialDelay` of a metric, and `duration` argument, 20 times shorter,
 *   in whole seconds, as the controller counts;
 * - every spec (a plugin's or a step's configuration, a web provider's body, the labels of a query of
 *   `coalmine_score`, the flags of `coalmine analyze`) with its times 20 times shorter, those that it leaves to their
 *   defaults included;
 * - the arguments `server` and `prometheus` at the test's places;
 * - the pods of a Job kept from the fake nodes (`schedulerName`).
 */
export function scaledTime(manifest: Manifest, places: Places): Manifest {
  return { ...manifest, spec: changed(manifest["spec"], [], places) };
}

function changed(value: unknown, path: readonly string[], places: Places): unknown {
  if (Array.isArray(value)) return value.map((part) => changed(part, path, places));
  if (!isTree(value)) return value;
  const whole = changedWhole(value, path, places);
  if (whole !== null) return whole;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [key, changed(part, [...path, key], places)]),
  );
}

/** A part that changes in a way of its own; null for those that are only walked through. */
function changedWhole(part: Tree, path: readonly string[], places: Places): Tree | null {
  const [parent, key = ""] = [path.at(-2), path.at(-1)];
  if (parent === "plugin") return scaledSpec(part, key === "config" ? "8m" : "10m");
  switch (key) {
    case "pause":
      return scaledKeys(part, ["duration"]);
    case "args":
      return scaledArgument(part, places);
    case "metrics":
      return scaledMetric(part, places);
    case "jsonBody":
      return scaledSpec(part, "10m");
    case "prometheus":
      return { ...part, query: scaledQuery(String(part["query"])) };
    default:
      return part["restartPolicy"] === "Never" ? ofJob(part) : null;
  }
}

/** Its other times are those of the spec in its provider. */
function scaledMetric(metric: Tree, places: Places): Tree {
  const provider = changed(metric["provider"], [], places);
  return { ...scaledKeys(metric, ["interval", "initialDelay"]), provider };
}

function scaledArgument(argument: Tree, { server, prometheus }: Places): Tree {
  if (argument["name"] === "duration") return scaledKeys(argument, ["value"]);
  if (argument["name"] === "server" && "value" in argument) return { ...argument, value: server };
  if (argument["name"] === "prometheus" && "value" in argument) return { ...argument, value: prometheus };
  return argument;
}

/** The times that a spec has where it says nothing (docs/spec.md), and the step's own. */
const defaultTimes = { interval: "15s", tick: "60s", warmup: "3m" } as const;

function scaledSpec(spec: Tree, defaultDuration: string): Tree {
  const complete = { duration: defaultDuration, ...defaultTimes, ...spec };
  return scaledKeys(complete, ["duration", "interval", "tick", "warmup", "holdTimeout"]);
}

function scaledQuery(query: string): string {
  const times = Object.entries(defaultTimes).map(([label, time]) => `, ${label}="${scaled(time)}"`);
  return query.replace(
    /duration="([^"]+)"/,
    (_, time: string) => `duration="${scaled(time)}"${times.join("")}`,
  );
}

function ofJob(pod: Tree): Tree {
  const containers = Array.isArray(pod["containers"]) ? pod["containers"] : [];
  const quick = containers.map((container: Tree) => ({
    ...container,
    args: (Array.isArray(container["args"]) ? container["args"] : []).flatMap(scaledFlag),
  }));
  return { ...pod, schedulerName: testScheduler, containers: quick };
}

function scaledFlag(flag: string): readonly string[] {
  const duration = /^--duration=(.+)$/.exec(flag)?.[1];
  if (duration === undefined) return [flag];
  const others = Object.entries(defaultTimes).map(([key, time]) => `--set=${key}=${scaled(time)}`);
  return [`--duration=${scaled(duration)}`, ...others];
}

function scaledKeys(part: Tree, keys: readonly string[]): Tree {
  const scaledOnes = keys.flatMap((key) =>
    part[key] === undefined ? [] : [[key, scaled(part[key])] as const],
  );
  return { ...part, ...Object.fromEntries(scaledOnes) };
}

/** A placeholder stays: its argument is what gets shorter. */
function scaled(time: unknown): unknown {
  const text = String(time);
  if (text.startsWith("{{")) return text;
  const ms = parseDuration(text);
  if (ms === null) throw new Error(`${text} is no time`);
  return `${Math.max(1, Math.ceil(ms / speed / 1_000))}s`;
}

function isTree(value: unknown): value is Tree {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
