import { Pool } from "pg";

const connectTimeoutMs = 5_000;

/** Connections for graphile-worker, which wants a pool of the driver's. */
export function openGraphilePool(url: string, max: number, statementMs: number | null): Pool {
  const pool = new Pool({
    connectionString: url,
    application_name: "coalmine looks",
    max,
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: true,
    ...(statementMs === null ? {} : { query_timeout: statementMs }),
  });
  // Whoever uses a connection hears of its loss by the query; unheard here it would end the process.
  return pool.on("error", () => undefined).on("connect", (client) => client.on("error", () => undefined));
}
