import { describe, expect, it } from "vitest";
import { describeDurableStore } from "../../store/durable-store-contract.ts";
import { describeAnalysisStore } from "../../support/analysis-store-contract.ts";
import { describeGateStore } from "../../support/gate-store-contract.ts";
import { describeReleaseStore } from "../../support/release-store-contract.ts";
import { recordOf } from "../../support/sample-record.ts";
import { postgresSchema } from "./postgres-schema.ts";
import { openStoreAt, usePostgres } from "./use-postgres.ts";

const postgres = usePostgres();
const freshStore = async () => (await postgres.empty()).openStore();
describeAnalysisStore("openPostgresStore", { empty: async () => (await freshStore()).analyses });
describeGateStore("openPostgresStore", { empty: async () => (await freshStore()).gates });
describeReleaseStore("openPostgresStore", { empty: async () => (await freshStore()).releases });
describeDurableStore("openPostgresStore", postgres.empty);

describe("several replicas", () => {
  it("open an empty database at once, and make one schema", async () => {
    const { url, query } = await postgres.empty();
    await Promise.all([1, 2, 3, 4, 5].map(() => openStoreAt(url)));
    expect(await query("select number from coalmine_migrations")).toHaveLength(1);
  });

  it("write one analysis at once, and one of them stands, whole", async () => {
    const database = await postgres.empty();
    const replicas = await Promise.all([1, 2, 3].map(() => database.openStore()));
    const record = recordOf("a");
    await replicas[0]?.analyses.insert(record);
    for (let round = 0; round < 5; round++) {
      const written = [1, 2, 3].map((score) => {
        const look = { at: "2026-01-01T00:00:00.000Z", score, evidence: [] };
        return { ...record, result: { ...record.result, score }, looks: Array(score + round).fill(look) };
      });
      await Promise.all(written.map((one, index) => replicas[index]?.analyses.update(one)));
      expect(written).toContainEqual(await replicas[0]?.analyses.get("a"));
    }
  });

  it("insert one key at once, and one of them has it", async () => {
    const database = await postgres.empty();
    const replicas = await Promise.all([1, 2, 3].map(() => database.openStore()));
    const inserts = replicas.map(({ analyses }, index) =>
      analyses.insert(recordOf(`${index}`, { key: "k" })),
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
    await analyses.insert(recordOf("a"));
    expect(await analyses.get("a")).toEqual(recordOf("a"));
  });
});
