import { runMigrations, type SharedOptions } from "graphile-worker";
import type { Pool } from "pg";
import { z } from "zod";
import { CoalmineError } from "../../base/errors.ts";

/**
 * Makes graphile-worker's schema, or brings it up to date, while other replicas
 * work or do the same. A newer one that says it can be used goes on being used.
 *
 * @throws CoalmineError invalid-settings for one that only newer programs can use,
 *   naming both versions; what the driver throws else.
 */
export async function migrateGraphile(pool: Pool, title: string, options: SharedOptions): Promise<void> {
  await runMigrations({ ...options, pgPool: pool, preset: refusing(title) });
}

/** graphile-worker would refuse it too, but by an error like any other and an exit code for this process. */
function refusing(title: string): GraphileConfig.Preset {
  return {
    plugins: [
      {
        name: "CoalmineRefusesNewerSchema",
        version: "1.0.0",
        worker: {
          hooks: {
            async premigrate({ maxMigrationNumber, escapedWorkerSchema }, { client }) {
              const { rows } = await client.query(
                `select coalesce(max(id), 0) as breaking from ${escapedWorkerSchema}.migrations where breaking`,
              );
              const { breaking } = found.parse(rows[0]);
              if (breaking <= maxMigrationNumber) return;
              throw new CoalmineError(
                "invalid-settings",
                `${title} has the queue's schema of version ${breaking} and this program knows version ` +
                  `${maxMigrationNumber}: run the newer program, or name another database`,
              );
            },
          },
        },
      },
    ],
  };
}

const found = z.object({ breaking: z.int() });
