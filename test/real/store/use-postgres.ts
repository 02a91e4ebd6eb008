/** A PostgreSQL for the tests of one file, with a database for each that asks. */
import { Client } from "pg";
import { afterAll, beforeAll, onTestFinished } from "vitest";
import { openPostgresDatabase } from "../../../src/store/postgres/open-postgres-database.ts";
import {
  openPostgresStore,
  type PostgresStoreOptions,
} from "../../../src/store/postgres/open-postgres-store.ts";
import type { SqlStore } from "../../../src/store/sql/sql-store.ts";
import { type RunningPostgres, startPostgres } from "../../servers/start-postgres.ts";
import { storeOptions } from "../../store/store-options.ts";
import type { TestDatabase } from "../../store/test-database.ts";
import { quietLogger } from "../../support/quiet-logger.ts";

/** A database of a test's own. */
export interface PostgresTestDatabase extends TestDatabase {
  readonly url: string;
}

export interface UsedPostgres {
  server(): RunningPostgres;
  empty(): Promise<PostgresTestDatabase>;
}

/** Starts the server before the tests of the file and ends it after them. */
export function usePostgres(): UsedPostgres {
  let server: RunningPostgres | null = null;
  let databases = 0;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server?.stop());
  const running = () => {
    if (server === null) throw new Error("the server is there during tests alone");
    return server;
  };
  return {
    server: running,
    async empty() {
      databases += 1;
      const url = await running().createDatabase(`test_${databases}`);
      return {
        url,
        openStore: (options) => openStoreAt(url, options),
        openDatabase: () => openDatabaseAt(url),
        query: (sql) => queryAt(url, sql),
      };
    },
  };
}

/** Opens a store and closes it after the test. */
export async function openStoreAt(
  url: string,
  options: Partial<PostgresStoreOptions> = {},
): Promise<SqlStore> {
  const store = await openPostgresStore({ ...storeOptions(), maxConnections: 4, ...options, url });
  onTestFinished(() => store.close());
  return store;
}

async function openDatabaseAt(url: string) {
  const limits = { maxConnections: 1, statementTimeoutMs: null };
  const database = openPostgresDatabase({ url, ...limits }, quietLogger());
  onTestFinished(() => database.db.destroy());
  return database;
}

async function queryAt(url: string, sql: string) {
  const client = new Client({ connectionString: url });
  try {
    await client.connect();
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}
