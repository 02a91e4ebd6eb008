/** The statements on analyses and their looks, the same for both databases. */
import { type Kysely, type Selectable, sql, type Transaction } from "kysely";
import type { AnalysisRecord, LookRecord } from "../../analysis/analysis-record.ts";
import type { ListFilter } from "../../analysis/ports.ts";
import { CoalmineError } from "../../base/errors.ts";
import { columnText } from "./column-text.ts";
import type { KnownPath } from "./stored-paths.ts";
import type { AnalysisTable, StoreTables } from "./tables.ts";

type Row = Omit<Selectable<AnalysisTable>, "revision">;

/** Databases bound the parameters of a statement, SQLite at 32,766. */
const looksAStatement = 1_000;

/**
 * Analyses with their looks as one JSON array: by one statement, since between two
 * another process may write. Looks are JSON already, so the array is their text
 * between brackets.
 */
export function selectStored(db: Kysely<StoreTables>) {
  return db
    .selectFrom("analyses")
    .select(["id", "key", "phase", "revision", "spec", "state", "result"])
    .select(
      sql<string | null>`(
        select '[' || string_agg(look, ',' order by position) || ']' from looks where analysis = analyses.id
      )`.as("looks"),
    );
}

/** Newest first. */
export function selectListed(db: Kysely<StoreTables>, { namespace, service, phase, limit }: ListFilter) {
  return selectStored(db)
    .$if(namespace !== undefined, (query) => query.where("namespace", "=", columnText(namespace ?? "")))
    .$if(service !== undefined, (query) => query.where("service", "=", columnText(service ?? "")))
    .$if(phase !== undefined, (query) => query.where("phase", "=", phase ?? ""))
    .orderBy("started_at", "desc")
    .orderBy("id", "desc")
    .limit(limit);
}

/** @throws CoalmineError conflict if the id or the key is taken. */
export async function insertAnalysis(
  db: Transaction<StoreTables>,
  row: Row,
  { id, key, looks }: AnalysisRecord,
): Promise<number> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto("analyses")
    .values({ ...row, revision: 1 })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirstOrThrow();
  if (numInsertedOrUpdatedRows !== 1n) {
    const holder = await db.selectFrom("analyses").select("id").where("id", "=", row.id).executeTakeFirst();
    throw holder === undefined ? taken("key", key) : taken("id", id);
  }
  await insertLooks(db, row.id, looks, 0);
  return 1;
}

/** Replaces the row if it is still of the known revision, and adds the look that is missing; else answers null. */
export async function updateKnown(
  db: Transaction<StoreTables>,
  row: Row,
  looks: readonly LookRecord[],
  known: KnownPath,
): Promise<number | null> {
  const revision = known.revision + 1;
  const { numUpdatedRows } = await db
    .updateTable("analyses")
    .set({ ...row, revision })
    .where("id", "=", row.id)
    .where("revision", "=", known.revision)
    .executeTakeFirstOrThrow();
  if (numUpdatedRows !== 1n) return null;
  await insertLooks(db, row.id, looks, looks.length - known.added);
  return revision;
}

/** Replaces the row and the whole path. @throws CoalmineError not-found if there is no such row. */
export async function updateWhole(
  db: Transaction<StoreTables>,
  row: Row,
  { id, looks }: AnalysisRecord,
): Promise<number> {
  // First the row: it holds off other writers until the path is whole again.
  const updated = await db
    .updateTable("analyses")
    .set((eb) => ({ ...row, revision: eb("revision", "+", 1) }))
    .where("id", "=", row.id)
    .returning("revision")
    .executeTakeFirst();
  if (updated === undefined)
    throw new CoalmineError("not-found", `no analysis has the id ${JSON.stringify(id)}`);
  await db.deleteFrom("looks").where("analysis", "=", row.id).execute();
  await insertLooks(db, row.id, looks, 0);
  return updated.revision;
}

/** Those at `from` and after. */
async function insertLooks(
  db: Transaction<StoreTables>,
  analysis: string,
  looks: readonly LookRecord[],
  from: number,
): Promise<void> {
  for (let start = from; start < looks.length; start += looksAStatement) {
    const rows = looks
      .slice(start, start + looksAStatement)
      .map((look, index) => ({ analysis, position: start + index, look: JSON.stringify(look) }));
    await db.insertInto("looks").values(rows).execute();
  }
}

function taken(what: "id" | "key", value: string | null): CoalmineError {
  return new CoalmineError("conflict", `the ${what} ${JSON.stringify(value)} is taken by another analysis`);
}
