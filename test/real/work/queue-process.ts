/**
 * A replica for tests: `node queue-process.ts URL OPTIONS`, options in JSON. It
 * takes looks of the tables in due-table.ts, says `ready` once it does, and closes
 * when it is asked to end.
 */
import { systemClock } from "../../../src/app/system-clock.ts";
import { openPostgresDatabase } from "../../../src/store/postgres/open-postgres-database.ts";
import {
  openPostgresQueue,
  type PostgresQueueOptions,
} from "../../../src/work/postgres/open-postgres-queue.ts";
import { quietLogger } from "../../support/quiet-logger.ts";
import { overdueIn, type TakeOptions, takeFrom } from "./due-table.ts";

export type QueueProcessOptions = TakeOptions &
  Pick<PostgresQueueOptions, "concurrency" | "pollMs" | "overdueMs" | "sweepMs" | "retryMs">;

const [url = "", json = "{}"] = process.argv.slice(2);
const options: QueueProcessOptions = JSON.parse(json);
const logger = quietLogger();
const database = openPostgresDatabase({ url, maxConnections: 5, statementTimeoutMs: 10_000 }, logger);
const queue = await openPostgresQueue({
  ...options,
  url,
  clock: systemClock,
  logger: { ...logger, error: (fields, message) => console.error(message, fields) },
  overdue: overdueIn(database),
});
await queue.open(takeFrom(database, options));
process.once("SIGTERM", async () => {
  await queue.close(1_000);
  process.exit(0);
});
console.log("ready");
