/** The statements on looks, the same for both databases. They are JSON already. */
import { type Kysely, sql, type Transaction } from "kysely";
import type { LookRecord } from "../../analysis/analysis-record.ts";
import { lookStride } from "../look-stride.ts";
import type { StoreTables } from "./tables.ts";

/** Oldest first. */
export function selectLooks(db: Kysely<StoreTables>, analysis: string) {
  return db.selectFrom("looks").select("look").where("analysis", "=", analysis).orderBy("position");
}

/**
 * Adds the newest look of an analysis whose row the transaction has written, so
 * that nobody else adds one meanwhile, and drops those that are not to be kept
 * beside it: at most `most` stay.
 */
export async function addLook(
  db: Transaction<StoreTables>,
  analysis: string,
  look: LookRecord,
  most: number,
): Promise<void> {
  const { last } = await db
    .selectFrom("looks")
    .select((eb) => eb.fn.max("position").as("last"))
    .where("analysis", "=", analysis)
    .executeTakeFirstOrThrow();
  const newest = last === null ? 0 : Number(last) + 1;
  await db
    .insertInto("looks")
    .values({ analysis, position: newest, look: JSON.stringify(look) })
    .execute();
  const stride = lookStride(newest, most);
  if (stride === 1) return;
  // While the stride is what it was, all but the one that was the newest are at multiples of it.
  const from = stride === lookStride(newest - 1, most) ? newest - 1 : 0;
  await db
    .deleteFrom("looks")
    .where("analysis", "=", analysis)
    .where("position", ">=", from)
    .where("position", "<", newest)
    .where(sql`position % ${stride}`, "<>", 0)
    .execute();
}
