import { Logger as GraphileLogger, type SharedOptions } from "graphile-worker";
import type { Logger } from "../../base/logger.ts";
import type { SqlDatabase } from "../../store/sql/sql-database.ts";

/**
 * What graphile-worker is told whatever it is used for: which schema, and where its
 * warnings and errors go. Its line for every job is left out, and what is of a lost
 * connection, which the queue itself says once.
 */
export function graphileOptions({ faultOf }: SqlDatabase, logger: Logger): SharedOptions {
  return {
    // Given, so that no variable of the environment names another.
    schema: "graphile_worker",
    logger: new GraphileLogger(() => (level, message, { error, fatalError, reason }) => {
      const thrown = error ?? fatalError ?? reason;
      const isOfConnection = thrown !== undefined && faultOf(thrown).code === "source-unavailable";
      if (level === "debug" || level === "info" || isOfConnection) return;
      logger.warn({ part: "graphile-worker", ...(thrown === undefined ? {} : { err: thrown }) }, message);
    }),
  };
}
