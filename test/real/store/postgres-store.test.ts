import { describe, expect, it } from "vitest";
import { migrations } from "../../../src/store/migrations/migrations.ts";
import { readPostgresSchema } from "../../../src/store/postgres/read-postgres-schema.ts";
import { describeDurableStore } from "../../store/durable-store-contract.ts";
import { changeBy, committed, keptOf } from "../../store/sample-changes.ts";
import { describeAnalysisStore } from "../../support/analysis-store-contract.ts";
import { describeAuditStore } from "../../support/audit-store-contract.ts";
import { describeGateStore } from "../../support/gate-store-contract.ts";
import { quietLogger } from "../../support/quiet-logger.ts";
import { describeReleaseStore } from "../../support/release-store-contract.ts";
import { entryOf } from "../../support/sample-entry.ts";
import { changeOf, recordOf } from "../../support/sample-record.ts";
import { postgresSchema } from "./postgres-schema.ts";
import { openStoreAt, usePostgres } from "./use-postgres.ts";

const postgres = usePostgres();
const freshStore = async (options?: { readonly maxLooks?: number }) =>
  (await postgres.empty()).openStore(options);
describeAnalysisStore("openPostgresStore", {
  empty: async (options) => (await freshStore(options)).analyses,
});
describeGateStore("openPostgresStore", { empty: async () => (await freshStore()).gates });
describeReleaseStore("openPostgresStore", { empty: async () => (await freshStore()).releases });
describeAuditStore("openPostgresStore", { empty: freshStore });
describeDurableStore("openPostgresStore", postgres.empty);

describe("several replicas", () => {
  it("open an empty database at once, and make one schema", async () => {
    const { url, query } = await postgres.empty();
    await Promise.all([1, 2, 3, 4, 5].map(() => openStoreAt(url)));
    expect(await query("select number from coalmine_migrations")).toHaveLength(migrations.length);
  });

  it("change one analysis at once, and one of them wins, whole", async () => {
    const database = await postgres.empty();
    const replicas = await Promise.all([1, 2, 3].map(() => database.openStore()));
    const { analyses } = await database.openStore();
    let record = recordOf("a");
    await analyses.insert(changeOf(record));
    for (let round = 1; round <= 5; round++) {
      const known = record;
      const ways = replicas.map((replica, index) => ({
        replica,
        change: changeBy(known, 10 * round + index),
      }));
      const won = await Promise.all(ways.map(({ replica, change }) => replica.analyses.commit(change)));
      const [winner, ...others] = ways.filter((_, index) => won[index]).map(({ change }) => change);
      if (winner === undefined) throw new Error("one was to win");
      expect(others).toEqual([]);
      record = committed(winner);
      const kept = await keptOf(analyses, "a");
      expect(kept.running).toEqual({ record, next: winner.next, weight: null });
      expect(kept.looks).toHaveLength(round);
      expect(kept.looks.at(-1)).toEqual(winner.look);
    }
  });

  it("insert one key at once, and one of them has it", async () => {
    const database = await postgres.empty();
    const replicas = await Promise.all([1, 2, 3].map(() => database.openStore()));
    const inserts = replicas.map(({ analyses }, index) =>
      analyses.insert(changeOf(recordOf(`${index}`, { key: "k" }))),
    );
    const outcomes = await Promise.allSettled(inserts);
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected", "rejected"]);
  });
});

describe("the schema", () => {
  it("is the one that is checked in", async () => {
    const database = await postgres.empty();
    await database.openStore();
    await expect(await postgresSchema(database.query)).toMatchFileSnapshot(
      "../../../src/store/migrations/schema.postgres.sql",
    );
  });

  it("that is up to date is opened by a user who may not change it", async () => {
    const database = await postgres.empty();
    await database.openStore();
    await database.query("create role reader login password 'reads'");
    await database.query("grant select, insert, update, delete on all tables in schema public to reader");
    const url = new URL(database.url);
    url.username = "reader";
    url.password = "reads";
    const { analyses } = await openStoreAt(url.href);
    await analyses.insert({ ...changeOf(recordOf("a")), entry: entryOf() });
    expect(await analyses.get("a")).toEqual(recordOf("a"));
  });

  it("of a database that is named by its address is told, and none is made by that", async () => {
    const database = await postgres.empty();
    const known = migrations.length;
    expect(await readPostgresSchema(database.url, quietLogger())).toEqual({ met: 0, known });
    await database.openStore();
    expect(await readPostgresSchema(database.url, quietLogger())).toEqual({ met: known, known });
    const away = "postgres://x:hunter2@127.0.0.1:1/coalmine";
    const refused = { code: "source-unavailable", message: expect.not.stringContaining("hunter2") };
    await expect(readPostgresSchema(away, quietLogger())).rejects.toMatchObject(refused);
  });
});
