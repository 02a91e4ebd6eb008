import { Counter, Histogram, type Registry } from "prom-client";
import { CoalmineError } from "../../base/errors.ts";
import { watchCalls } from "./watch-calls.ts";

/** Measures a store. */
export interface StoreMetrics {
  /**
   * The same store; its calls are measured by the method's name.
   *
   * @param kind what it keeps, for instance `analyses`.
   */
  measuredStore<T extends object>(kind: string, store: T): T;
}

export function createStoreMetrics(registry: Registry): StoreMetrics {
  const registers = [registry];
  const labelNames = ["store", "operation"] as const;
  const duration = new Histogram({
    name: "coalmine_store_operation_duration_seconds",
    help: "How long operations of the store took.",
    labelNames,
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  });
  const failures = new Counter({
    name: "coalmine_store_failures_total",
    help: "Operations that the store did not do because it was away or at fault.",
    labelNames,
    registers,
  });
  return {
    measuredStore(kind, store) {
      return watchCalls(store, (operation) => {
        const labels = { store: kind, operation };
        failures.inc(labels, 0);
        return () => {
          const stop = duration.startTimer(labels);
          return (error) => {
            stop();
            if (error !== null && isFault(error)) failures.inc(labels);
          };
        };
      });
    },
  };
}

/** That an id is not there, or a key taken, is an answer. */
function isFault(error: unknown): boolean {
  const { code } = CoalmineError.from(error);
  return code === "source-unavailable" || code === "internal";
}
