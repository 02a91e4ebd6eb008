/** The statements on analyses, the same for both databases. */
import type { Kysely, Selectable, Transaction } from "kysely";
import type { AnalysisRecord } from "../../analysis/analysis-record.ts";
import type { ListFilter } from "../../analysis/ports.ts";
import { taken } from "../taken.ts";
import { columnText } from "./column-text.ts";
import type { AnalysisTable, StoreTables } from "./tables.ts";

type Row = Omit<Selectable<AnalysisTable>, "revision" | "weight">;

export function selectStored(db: Kysely<StoreTables>) {
  return db.selectFrom("analyses").select(["id", "key", "phase", "revision", "spec", "state", "result"]);
}

/** Which revision it is of, for one that may be known. */
export function selectHead(db: Kysely<StoreTables>) {
  return db.selectFrom("analyses").select(["id", "revision"]);
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

export function selectRunning(db: Kysely<StoreTables>, id: string) {
  return selectHead(db)
    .select(["look_at", "due_at", "catch_up_to", "weight"])
    .where("id", "=", columnText(id))
    .where("phase", "=", "running");
}

/** Those due first. */
export function selectDue(
  db: Kysely<StoreTables>,
  { before, limit }: { readonly before?: number; readonly limit: number },
) {
  return db
    .selectFrom("analyses")
    .select(["id", "namespace", "due_at"])
    .where("phase", "=", "running")
    .$if(before !== undefined, (query) => query.where("due_at", "<=", Math.floor(before ?? 0)))
    .orderBy("due_at")
    .limit(limit);
}

export function countRunning(db: Kysely<StoreTables>, namespace: string | undefined) {
  return db
    .selectFrom("analyses")
    .select((eb) => eb.fn.countAll<number | string>().as("count"))
    .where("phase", "=", "running")
    .$if(namespace !== undefined, (query) => query.where("namespace", "=", columnText(namespace ?? "")));
}

/** @throws CoalmineError conflict if the id or the key is taken. */
export async function insertAnalysis(
  db: Transaction<StoreTables>,
  row: Row,
  { id, key, revision }: AnalysisRecord,
): Promise<void> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto("analyses")
    .values({ ...row, revision, weight: null })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirstOrThrow();
  if (numInsertedOrUpdatedRows === 1n) return;
  const holder = await db.selectFrom("analyses").select("id").where("id", "=", row.id).executeTakeFirst();
  throw holder === undefined ? taken("key", key) : taken("id", id);
}

/** Replaces the row if it is still of that revision; answers whether it was. */
export async function replaceAnalysis(
  db: Transaction<StoreTables>,
  row: Row,
  revision: number,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable("analyses")
    .set({ ...row, revision: revision + 1 })
    .where("id", "=", row.id)
    .where("revision", "=", revision)
    .executeTakeFirstOrThrow();
  return numUpdatedRows === 1n;
}
