import type { PostgresCursor, PostgresPool, PostgresPoolClient, PostgresQueryResult } from "kysely";
import { DatabaseError } from "pg";

/**
 * A pool that takes no connection back that failed otherwise than by an answer of
 * the database: after a timeout the query may still run there, and who got the
 * connection next would wait for it.
 */
export function discardBroken(pool: PostgresPool): PostgresPool {
  return {
    options: pool.options,
    end: () => pool.end(),
    connect: async () => new WatchedClient(await pool.connect()),
  };
}

class WatchedClient implements PostgresPoolClient {
  readonly #client: PostgresPoolClient;
  #isBroken = false;

  constructor(client: PostgresPoolClient) {
    this.#client = client;
  }

  query<R>(sql: string, parameters: ReadonlyArray<unknown>): Promise<PostgresQueryResult<R>>;
  query<R>(cursor: PostgresCursor<R>): PostgresCursor<R>;
  query<R>(asked: string | PostgresCursor<R>, parameters: ReadonlyArray<unknown> = []) {
    if (typeof asked === "string") return this.#ask<R>(asked, parameters);
    return this.#client.query(asked);
  }

  release(destroy = false): void {
    this.#client.release(destroy || this.#isBroken);
  }

  async #ask<R>(sql: string, parameters: ReadonlyArray<unknown>): Promise<PostgresQueryResult<R>> {
    try {
      return await this.#client.query<R>(sql, parameters);
    } catch (error) {
      if (!(error instanceof DatabaseError)) this.#isBroken = true;
      throw error;
    }
  }
}
