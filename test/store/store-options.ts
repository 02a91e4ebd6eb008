/** What a durable store is opened with in tests: the real codec of states, a clock at the start of 2026. */
import { planAnalysis } from "../../src/analysis/plan/plan.ts";
import { readState } from "../../src/analysis/saved-state/read-state.ts";
import { writeState } from "../../src/analysis/saved-state/write-state.ts";
import type { SqlStoreOptions } from "../../src/store/sql/sql-store.ts";
import { fakeClock } from "../support/fake-clock.ts";
import { quietLogger } from "../support/quiet-logger.ts";

export function storeOptions(): SqlStoreOptions {
  return {
    logger: quietLogger(),
    clock: fakeClock(Date.UTC(2026, 0, 1)),
    state: { write: writeState, read: (value, spec) => readState(value, planAnalysis(spec)) },
  };
}
