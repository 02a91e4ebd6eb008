import type { Insertable, Selectable, Transaction } from "kysely";
import {
  type AuditEntry,
  type Audited,
  auditActions,
  doors,
  type KeptEntry,
} from "../../analysis/audit/audit-entry.ts";
import { gateHooks } from "../../analysis/gates/gate.ts";
import type { AuditStore } from "../../analysis/ports.ts";
import { CoalmineError } from "../../base/errors.ts";
import type { Logger } from "../../base/logger.ts";
import { columnText, textOfColumn } from "./column-text.ts";
import { readOrLeaveOut } from "./read-or-leave-out.ts";
import { ask, type SqlDatabase } from "./sql-database.ts";
import type { AuditTable, StoreTables } from "./tables.ts";

type Row = Selectable<AuditTable>;

/**
 * The audit in a database. An entry that cannot be read, as one of a later
 * version, is left out of lists and told in the log with its position: it must not
 * hide those before it.
 */
export function createSqlAuditStore(database: SqlDatabase, logger: Logger): AuditStore {
  return {
    async list({ namespace, before, limit }) {
      const rows = await ask(database, (db) =>
        db
          .selectFrom("audit")
          .selectAll()
          .$if(namespace !== undefined, (query) => query.where("namespace", "=", columnText(namespace ?? "")))
          .$if(before !== undefined, (query) => query.where("position", "<", before ?? 0))
          .orderBy("position", "desc")
          .limit(limit)
          .execute(),
      );
      return readOrLeaveOut(rows, {
        read: entryOfRow,
        logger,
        told: ({ position }) => ({ position }),
        message: "an entry of the audit was left out of a list",
      });
    },
  };
}

/** Writes an entry beside the change that it is about, in that one's transaction. */
export async function addEntry(db: Transaction<StoreTables>, entry: AuditEntry): Promise<void> {
  await db.insertInto("audit").values(rowOf(entry)).execute();
}

const nothing = {
  ...{ analysis: null, key: null, service: null },
  ...{ canary: null, hook: null, revision: null, said_by: null },
};

function rowOf({ at, caller, door, action, namespace, about }: AuditEntry): Insertable<AuditTable> {
  return {
    ...nothing,
    ...{ at, caller: columnText(caller), door, action, namespace: columnText(namespace) },
    ...columnsOf(about),
  };
}

function columnsOf(about: Audited): Partial<Insertable<AuditTable>> {
  if (about.kind === "analysis") {
    const { id, key, service } = about;
    return { analysis: columnText(id), key: orNull(key, columnText), service: columnText(service) };
  }
  const { canary, hook, revision, by } = about;
  return {
    canary: columnText(canary),
    hook,
    revision: orNull(revision, columnText),
    said_by: columnText(by),
  };
}

/** @throws CoalmineError internal, SyntaxError */
function entryOfRow(row: Row): KeptEntry {
  const { position, at, caller, namespace } = row;
  return {
    position,
    at,
    caller: textOfColumn(caller),
    door: oneOf(doors, row.door),
    action: oneOf(auditActions, row.action),
    namespace: textOfColumn(namespace),
    about: aboutOf(row),
  };
}

function aboutOf({ analysis, key, service, canary, hook, revision, said_by }: Row): Audited {
  if (analysis !== null && service !== null) {
    const texts = { id: textOfColumn(analysis), service: textOfColumn(service) };
    return { kind: "analysis", ...texts, key: orNull(key, textOfColumn) };
  }
  if (canary === null || said_by === null)
    throw new CoalmineError("internal", "the stored entry is about neither an analysis nor a gate");
  return {
    kind: "gate",
    canary: textOfColumn(canary),
    hook: orNull(hook, (text) => oneOf(gateHooks, text)),
    revision: orNull(revision, textOfColumn),
    by: textOfColumn(said_by),
  };
}

function orNull<T>(text: string | null, read: (text: string) => T): T | null {
  return text === null ? null : read(text);
}

function oneOf<T extends string>(words: readonly T[], text: string): T {
  const word = words.find((known) => known === text);
  if (word === undefined)
    throw new CoalmineError("internal", `the stored entry has the word ${text}, which is not known`);
  return word;
}
