/** What the migrations make of an SQLite file, as src/store/migrations/schema.sqlite.sql has it; `npm run schema` writes it. */
import { expect, it } from "vitest";
import { freshPath, openStoreAt, queryFile } from "./sqlite-files.ts";

it("is the one that is checked in", async () => {
  const path = freshPath();
  await openStoreAt(path);
  const objects = queryFile(
    path,
    "select sql from sqlite_schema where sql is not null and name not like 'sqlite%' order by type desc, name",
  );
  const text = objects.map(({ sql }) => `${sql};\n`).join("\n");
  await expect(text).toMatchFileSnapshot("../../../src/store/migrations/schema.sqlite.sql");
});
