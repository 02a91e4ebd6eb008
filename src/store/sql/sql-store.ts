import type { AnalysisStore, AuditStore, GateStore, ReleaseStore } from "../../analysis/ports.ts";
import type { Clock } from "../../base/clock.ts";
import { CoalmineError } from "../../base/errors.ts";
import type { Logger } from "../../base/logger.ts";
import type { StateCodec } from "./analysis-row.ts";
import { type AddJob, createSqlAnalysisStore } from "./analysis-store.ts";
import { createSqlAuditStore } from "./audit-store.ts";
import { createSqlGateStore } from "./gate-store.ts";
import { createSqlReleaseStore } from "./release-store.ts";
import { ask, type SqlDatabase } from "./sql-database.ts";

/** What a store needs whichever database it is in. */
export interface SqlStoreOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly state: StateCodec;
  /** How many looks are kept of each analysis; 2,000 unless given. */
  readonly maxLooks?: number;
  readonly addJob?: AddJob;
}

/** Everything that Coalmine keeps, in one database. What a call has answered survives a crash. */
export interface SqlStore {
  /** For messages and logs, without user and password. */
  readonly title: string;
  readonly analyses: AnalysisStore;
  readonly gates: GateStore;
  readonly releases: ReleaseStore;
  readonly audit: AuditStore;
  /**
   * Forgets the analyses that ended before that time, with their looks, a batch
   * after another so that others get in between; answers how many. Releases and
   * gates stay: they are one row a Canary, and a word of somebody.
   */
  forget(before: { readonly endedBefore: number }): Promise<number>;
  /** Forgets the entries of the audit from before that time, batch by batch as well; answers how many. */
  forgetEntries(before: number): Promise<number>;
  /** Writes something, which a server asks before it calls itself ready. @throws CoalmineError source-unavailable */
  check(): Promise<void>;
  /** Lets queries under way end, then closes; later calls fail. */
  close(): Promise<void>;
}

/** Each is a transaction; a path may have thousands of looks. */
const forgottenAtOnce = 50;
const entriesForgottenAtOnce = 5_000;

export function createSqlStore(opened: SqlDatabase, options: SqlStoreOptions): SqlStore {
  const { clock, logger, state, maxLooks = 2_000, addJob } = options;
  let isClosed = false;
  const database: SqlDatabase = {
    ...opened,
    faultOf: (thrown) => (isClosed ? closed(opened.title, thrown) : opened.faultOf(thrown)),
  };

  async function forgetSome(endedBefore: number): Promise<number> {
    const { numDeletedRows } = await ask(database, (db) =>
      db
        .deleteFrom("analyses")
        .where("id", "in", (eb) =>
          eb
            .selectFrom("analyses")
            .select("id")
            .where("ended_at", "<", endedBefore)
            .orderBy("ended_at")
            .limit(forgottenAtOnce),
        )
        .executeTakeFirstOrThrow(),
    );
    return Number(numDeletedRows);
  }

  async function forgetSomeEntries(before: number): Promise<number> {
    const { numDeletedRows } = await ask(database, (db) =>
      db
        .deleteFrom("audit")
        .where("position", "in", (eb) =>
          eb
            .selectFrom("audit")
            .select("position")
            .where("at", "<", before)
            .orderBy("at")
            .limit(entriesForgottenAtOnce),
        )
        .executeTakeFirstOrThrow(),
    );
    return Number(numDeletedRows);
  }

  return {
    title: opened.title,
    analyses: createSqlAnalysisStore({ database, state, clock, logger, maxLooks, addJob }),
    gates: createSqlGateStore(database),
    releases: createSqlReleaseStore(database),
    audit: createSqlAuditStore(database, logger),
    forget: ({ endedBefore }) => untilNone(() => forgetSome(endedBefore)),
    forgetEntries: (before) => untilNone(() => forgetSomeEntries(before)),
    async check() {
      const checked_at = clock.now();
      await ask(database, (db) =>
        db
          .insertInto("health")
          .values({ id: 1, checked_at })
          .onConflict((conflict) => conflict.column("id").doUpdateSet({ checked_at }))
          .execute(),
      );
    },
    async close() {
      isClosed = true;
      await database.db.destroy();
    },
  };
}

async function untilNone(forgetSome: () => Promise<number>): Promise<number> {
  let forgotten = 0;
  for (let some = -1; some !== 0; forgotten += some) some = await forgetSome();
  return forgotten;
}

function closed(title: string, cause: unknown): CoalmineError {
  return new CoalmineError("source-unavailable", `${title} is closed`, { cause });
}
