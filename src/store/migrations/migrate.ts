import { createHash } from "node:crypto";
import { type Kysely, sql } from "kysely";
import { CoalmineError } from "../../base/errors.ts";
import { ask, type SqlDatabase } from "../sql/sql-database.ts";
import type { StoreTables } from "../sql/tables.ts";
import { type Migration, postgresWords, sqliteWords } from "./migration.ts";

type Connection = Kysely<StoreTables>;

interface Applied {
  readonly number: number;
  readonly name: string;
  readonly checksum: string;
}

interface Step extends Applied {
  readonly statements: readonly string[];
}

/** What PostgreSQL knows the lock by; any number that no other program uses. */
const lockNumber = 6_620_771_204;

/**
 * Brings the schema up to the last migration, each in a transaction: one that
 * fails leaves what was before it. Of several processes one applies and the others
 * wait for it. A schema that is up to date is only read.
 *
 * @throws CoalmineError invalid-settings for a schema that is newer than
 *   `migrations`, naming both versions, or made by other migrations;
 *   source-unavailable and internal as `database.faultOf` says.
 */
export async function migrate(database: SqlDatabase, migrations: readonly Migration[]): Promise<void> {
  const steps = stepsOf(database, migrations);
  await ask(database, (db) =>
    db.connection().execute(async (connection) => {
      let next = nextStep(database, steps, await readApplied(database, connection));
      while (next !== null)
        next = await alone(database, connection, async () => {
          const applied = await readApplied(database, connection);
          const step = nextStep(database, steps, applied);
          if (step === null) return null;
          await apply(database, connection, step);
          return nextStep(database, steps, [...applied, step]);
        });
    }),
  );
}

/**
 * Which version the schema is of; nothing is changed.
 *
 * @throws CoalmineError as {@link migrate} does of a schema that it refuses.
 */
export async function readSchemaVersion(
  database: SqlDatabase,
  migrations: readonly Migration[],
): Promise<SchemaVersion> {
  const steps = stepsOf(database, migrations);
  return await ask(database, (db) =>
    db.connection().execute(async (connection) => {
      const applied = await readApplied(database, connection);
      nextStep(database, steps, applied);
      return { met: applied.at(-1)?.number ?? 0, known: steps.at(-1)?.number ?? 0 };
    }),
  );
}

/** Which version a schema is of. */
export interface SchemaVersion {
  /** 0 where there is no schema yet. */
  readonly met: number;
  /** What this program brings it to. */
  readonly known: number;
}

function stepsOf({ kind }: SqlDatabase, migrations: readonly Migration[]): readonly Step[] {
  const words = kind === "sqlite" ? sqliteWords : postgresWords;
  return migrations.map(({ number, name, statements }) => stepOf(number, name, statements(words)));
}

function stepOf(number: number, name: string, statements: readonly string[]): Step {
  const checksum = createHash("sha256").update(statements.join(";\n")).digest("hex");
  return { number, name, statements, checksum };
}

/** The first that is not applied; null if all are. */
function nextStep({ title }: SqlDatabase, steps: readonly Step[], applied: readonly Applied[]): Step | null {
  const known = steps.at(-1)?.number ?? 0;
  const met = applied.at(-1)?.number ?? 0;
  if (met > known)
    throw new CoalmineError(
      "invalid-settings",
      `${title} has the schema of version ${met} and this program knows version ${known}: ` +
        "run the newer program, or name another database",
    );
  for (const [index, { number, checksum }] of applied.entries()) {
    const step = steps[index];
    if (step?.number !== number || step.checksum !== checksum)
      throw new CoalmineError(
        "invalid-settings",
        `${title} has a schema whose migration ${number} is not the one that this program knows: ` +
          "run the program that made it, or name another database",
      );
  }
  return steps[applied.length] ?? null;
}

/** A transaction that no other process migrates beside. */
async function alone<T>({ kind }: SqlDatabase, connection: Connection, work: () => Promise<T>): Promise<T> {
  await sql.raw(kind === "sqlite" ? "begin exclusive" : "begin").execute(connection);
  try {
    if (kind === "postgres") {
      await sql`select pg_advisory_xact_lock(${sql.lit(lockNumber)})`.execute(connection);
      // A change of a table that waits for a long query holds up every query after it.
      await sql.raw("set local lock_timeout = '3s'").execute(connection);
    }
    const result = await work();
    await sql.raw("commit").execute(connection);
    return result;
  } catch (error) {
    // What matters is what failed; a connection that cannot roll back has lost the transaction already.
    await sql
      .raw("rollback")
      .execute(connection)
      .catch(() => undefined);
    throw error;
  }
}

async function readApplied({ kind }: SqlDatabase, connection: Connection): Promise<readonly Applied[]> {
  const found = await sql.raw(kind === "sqlite" ? sqliteTable : postgresTable).execute(connection);
  if (found.rows.length === 0) return [];
  const query = sql<Applied>`select number, name, checksum from coalmine_migrations order by number`;
  return (await query.execute(connection)).rows;
}

const sqliteTable = "select name from sqlite_schema where name = 'coalmine_migrations'";
// From a table: only a statement that opens one hears what other sessions made while this one waited for the lock.
const postgresTable = "select relname from pg_class where oid = to_regclass('coalmine_migrations')";

async function apply({ kind, faultOf }: SqlDatabase, connection: Connection, step: Step): Promise<void> {
  const { text, integer } = kind === "sqlite" ? sqliteWords : postgresWords;
  const table = `create table if not exists coalmine_migrations (
    number ${integer} primary key, name ${text} not null, checksum ${text} not null
  )`;
  try {
    for (const statement of [table, ...step.statements]) await sql.raw(statement).execute(connection);
    await sql`insert into coalmine_migrations (number, name, checksum)
      values (${step.number}, ${step.name}, ${step.checksum})`.execute(connection);
  } catch (error) {
    throw failed(step, faultOf(error));
  }
}

function failed({ number, name }: Step, cause: CoalmineError): CoalmineError {
  const text = `migration ${number} (${name}) failed and nothing was changed: ${cause.message}`;
  return new CoalmineError(cause.code, text, { cause });
}
