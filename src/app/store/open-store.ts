import type { LookQueue } from "../../analysis/live/look-queue.ts";
import { planAnalysis } from "../../analysis/plan/plan.ts";
import type { AnalysisStore, AuditStore, GateStore, ReleaseStore } from "../../analysis/ports.ts";
import { readState } from "../../analysis/saved-state/read-state.ts";
import { writeState } from "../../analysis/saved-state/write-state.ts";
import type { Clock } from "../../base/clock.ts";
import type { Logger } from "../../base/logger.ts";
import { createMemoryAudit } from "../../store/memory/memory-audit.ts";
import { createMemoryGateStore } from "../../store/memory/memory-gate-store.ts";
import { createMemoryReleaseStore } from "../../store/memory/memory-release-store.ts";
import { createMemoryStore } from "../../store/memory/memory-store.ts";
import type { SqlStore, SqlStoreOptions } from "../../store/sql/sql-store.ts";
import { openTimerQueue } from "../../work/embedded/timer-queue.ts";
import { chooseDatabase } from "../settings/database-settings.ts";
import type { Settings } from "../settings/settings.ts";
import { forgetInTime } from "./forget-in-time.ts";

/** Where everything is kept, and who calls for the looks of what is kept. */
export interface OpenStore {
  readonly analyses: AnalysisStore;
  readonly gates: GateStore;
  readonly releases: ReleaseStore;
  readonly audit: AuditStore;
  readonly queue: LookQueue;
  /** For the log. */
  readonly title: string;
  /** Whether other servers may write there too. */
  readonly isShared: boolean;
  /** @throws CoalmineError source-unavailable while nothing can be kept */
  check(): Promise<void>;
  /** After the queue was closed. */
  close(): Promise<void>;
}

export interface StoreParts {
  readonly settings: Pick<Settings, "database" | "limits">;
  readonly environment: { readonly XDG_STATE_HOME?: string | undefined };
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Opens the database that the settings name, and brings its schema up to date. The
 * drivers are loaded for the one that is used alone.
 *
 * @throws CoalmineError source-unavailable if it cannot be had, invalid-settings if
 *   its schema is newer than this program.
 */
export async function openStore(parts: StoreParts): Promise<OpenStore> {
  const { settings, environment, clock, logger } = parts;
  const database = chooseDatabase(settings.database, environment);
  switch (database.kind) {
    case "memory":
      return openMemory(parts);
    case "sqlite": {
      const { openSqliteStore } = await import("../../store/sqlite/open-sqlite-store.ts");
      const store = await openSqliteStore({ ...storeOptions(parts), path: database.path });
      const queue = openTimerQueue({ clock, logger });
      return kept(parts, store, { queue, isShared: false, title: store.title });
    }
    case "postgres": {
      const { openPostgresWithQueue } = await import("./open-postgres-with-queue.ts");
      const { maxConnections } = settings.database;
      const options = { ...storeOptions(parts), url: database.url, maxConnections };
      const { store, queue } = await openPostgresWithQueue(options);
      return kept(parts, store, { queue, isShared: true, title: store.title });
    }
  }
}

function storeOptions({ clock, logger }: StoreParts): SqlStoreOptions {
  return {
    clock,
    logger,
    state: { write: writeState, read: (value, spec) => readState(value, planAnalysis(spec)) },
  };
}

function kept(
  { settings, clock, logger }: StoreParts,
  store: SqlStore,
  beside: Pick<OpenStore, "queue" | "isShared" | "title">,
): OpenStore {
  const { keep: keepMs, keepAudit: keepAuditMs } = settings.database;
  const tidying = forgetInTime({ store, clock, logger, keepMs, keepAuditMs });
  return {
    ...beside,
    analyses: store.analyses,
    gates: store.gates,
    releases: store.releases,
    audit: store.audit,
    check: () => store.check(),
    async close() {
      await tidying.stop();
      await store.close();
    },
  };
}

function openMemory({ settings, clock, logger }: StoreParts): OpenStore {
  const audit = createMemoryAudit();
  return {
    analyses: createMemoryStore({ maxRecords: settings.limits.maxKept, audit }),
    gates: createMemoryGateStore({ audit }),
    releases: createMemoryReleaseStore(),
    audit,
    queue: openTimerQueue({ clock, logger }),
    title: "memory: a restart forgets analyses and gates",
    isShared: false,
    check: async () => undefined,
    close: async () => undefined,
  };
}
