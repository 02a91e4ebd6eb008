import type { Logger } from "../../base/logger.ts";
import { readSchemaVersion, type SchemaVersion } from "../migrations/migrate.ts";
import { migrations } from "../migrations/migrations.ts";
import { openPostgresDatabase } from "./open-postgres-database.ts";

/** A database that takes longer for so little is as good as away. */
const statementTimeoutMs = 5_000;

/**
 * Which version the schema of the database is of; nothing is changed.
 *
 * @throws CoalmineError source-unavailable if the database is away or refuses,
 *   invalid-settings if the url is none, or the schema none that this program knows.
 */
export async function readPostgresSchema(url: string, logger: Logger): Promise<SchemaVersion> {
  const database = openPostgresDatabase({ url, maxConnections: 1, statementTimeoutMs }, logger);
  try {
    return await readSchemaVersion(database, migrations);
  } finally {
    await database.db.destroy();
  }
}
