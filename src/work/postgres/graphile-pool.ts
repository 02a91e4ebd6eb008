import { Pool } from "pg";

const connectTimeoutMs = 5_000;

/**
 * Connections for graphile-worker, which wants a pool of the driver's. What it writes
 * through them is who is at which job and which are done. A crash of the database may
 * forget the latest of it: the look is then called for twice, or late as one whose
 * worker was lost, and takes effect once. So nobody waits for the disk here. Jobs are
 * added by the store, and are on the disk.
 */
export function openGraphilePool(url: string, max: number, statementMs: number | null): Pool {
  const pool = new Pool({
    connectionString: url,
    application_name: "coalmine looks",
    options: "-c synchronous_commit=off",
    max,
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: true,
    ...(statementMs === null ? {} : { query_timeout: statementMs }),
  });
  // Whoever uses a connection hears of its loss by the query; unheard here it would end the process.
  return pool.on("error", () => undefined).on("connect", (client) => client.on("error", () => undefined));
}
