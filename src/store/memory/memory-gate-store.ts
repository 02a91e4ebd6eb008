import type { Gate } from "../../analysis/gates/gate.ts";
import type { GateStore } from "../../analysis/ports.ts";
import { CoalmineError } from "../../base/errors.ts";
import type { MemoryAudit } from "./memory-audit.ts";

export interface MemoryGateStoreOptions {
  /** How many gates are kept; 10,000 unless given. */
  readonly maxGates?: number;
  /** Where entries go; nowhere unless given. */
  readonly audit?: MemoryAudit;
}

/**
 * Gates that live as long as their process. When it is full the oldest gate of
 * one revision is forgotten, since revisions pass; a gate of every revision
 * stands until somebody says otherwise, so where there are only such, a new gate
 * is refused as too-large.
 */
export function createMemoryGateStore({ maxGates = 10_000, audit }: MemoryGateStoreOptions = {}): GateStore {
  /** By namespace and canary: they are asked for a canary at a time, at every hook. */
  const byCanary = new Map<string, readonly Gate[]>();
  /** Those of one revision by their whole key, oldest first. */
  const ofRevisions = new Map<string, Gate>();
  let size = 0;

  function gatesOf(gate: Pick<Gate, "namespace" | "canary">): readonly Gate[] {
    return byCanary.get(canaryKey(gate)) ?? [];
  }

  function forget(gate: Gate): void {
    const others = gatesOf(gate).filter((other) => !isSame(other, gate));
    size -= gatesOf(gate).length - others.length;
    if (others.length === 0) byCanary.delete(canaryKey(gate));
    else byCanary.set(canaryKey(gate), others);
    ofRevisions.delete(gateKey(gate));
  }

  function makeRoom(): void {
    if (size < maxGates) return;
    const [oldest] = ofRevisions.values();
    if (oldest === undefined) throw full(maxGates);
    forget(oldest);
  }

  return {
    async put(gate, entry) {
      if (gatesOf(gate).some((other) => isSame(other, gate))) forget(gate);
      else makeRoom();
      if (entry !== undefined) audit?.add(entry);
      byCanary.set(canaryKey(gate), [gate, ...gatesOf(gate)].sort(latestFirst));
      if (gate.revision !== null) ofRevisions.set(gateKey(gate), gate);
      size += 1;
    },
    async list({ namespace, canary }) {
      if (namespace !== undefined && canary !== undefined) return gatesOf({ namespace, canary });
      return [...byCanary.values()]
        .flat()
        .filter((gate) => namespace === undefined || gate.namespace === namespace)
        .filter((gate) => canary === undefined || gate.canary === canary)
        .sort(latestFirst);
    },
  };
}

function canaryKey({ namespace, canary }: Pick<Gate, "namespace" | "canary">): string {
  return JSON.stringify([namespace, canary]);
}

function gateKey({ namespace, canary, hook, revision }: Gate): string {
  return JSON.stringify([namespace, canary, hook, revision]);
}

function isSame(a: Gate, b: Gate): boolean {
  return a.hook === b.hook && a.revision === b.revision;
}

function latestFirst(a: Gate, b: Gate): number {
  return Date.parse(b.at) - Date.parse(a.at);
}

function full(maxGates: number): CoalmineError {
  return new CoalmineError(
    "too-large",
    `no more than ${maxGates} gates are kept, and none of them is of one revision, to be forgotten first`,
  );
}
