import type { Selectable } from "kysely";
import type { ReleaseRecord, ReleaseStore } from "../../analysis/ports.ts";
import { CoalmineError } from "../../base/errors.ts";
import { columnText, textOfColumn } from "./column-text.ts";
import { ask, type SqlDatabase } from "./sql-database.ts";
import type { ReleaseTable } from "./tables.ts";

/** Releases in a database, a row a name. */
export function createSqlReleaseStore(database: SqlDatabase): ReleaseStore {
  return {
    async put(record) {
      const row = rowOf(record);
      await ask(database, (db) =>
        db
          .insertInto("releases")
          .values(row)
          .onConflict((conflict) => conflict.columns(["namespace", "name"]).doUpdateSet(row))
          .execute(),
      );
    },
    async get(namespace, name) {
      const row = await ask(database, (db) =>
        db
          .selectFrom("releases")
          .selectAll()
          .where("namespace", "=", columnText(namespace))
          .where("name", "=", columnText(name))
          .executeTakeFirst(),
      );
      return row === undefined ? null : releaseOf(row);
    },
    async listOpen() {
      const rows = await ask(database, (db) =>
        db.selectFrom("releases").selectAll().where("closed_at", "is", null).orderBy("opened_at").execute(),
      );
      return rows.map(releaseOf);
    },
  };
}

function rowOf(record: ReleaseRecord): Selectable<ReleaseTable> {
  return {
    namespace: columnText(record.namespace),
    name: columnText(record.name),
    revision: columnText(record.revision),
    attempt: record.attempt,
    analysis: record.analysis === null ? null : columnText(record.analysis),
    opened_at: record.openedAt,
    closed_at: record.closedAt,
    notes: JSON.stringify(record.notes),
  };
}

function releaseOf(row: Selectable<ReleaseTable>): ReleaseRecord {
  const notes: unknown = JSON.parse(row.notes);
  if (!areNotes(notes))
    throw new CoalmineError(
      "internal",
      `the notes of the release ${row.namespace}/${row.name} as they are stored cannot be read`,
    );
  return {
    namespace: textOfColumn(row.namespace),
    name: textOfColumn(row.name),
    revision: textOfColumn(row.revision),
    attempt: row.attempt,
    analysis: row.analysis === null ? null : textOfColumn(row.analysis),
    openedAt: row.opened_at,
    closedAt: row.closed_at,
    notes,
  };
}

function areNotes(value: unknown): value is ReleaseRecord["notes"] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((note) => note === null || typeof note !== "object");
}
