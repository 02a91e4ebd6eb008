/**
 * A program over a store, for tests that need another process:
 * `node store-process.ts (sqlite FILE | postgres URL) (insert PREFIX | write | fill FOLDER)`.
 * It says `ready`, begins when its input ends, and tells each step on a line once
 * the store has answered it.
 */
import { readFileSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { AnalysisRecord } from "../../../src/analysis/analysis-record.ts";
import { CoalmineError } from "../../../src/base/errors.ts";
import { openPostgresStore } from "../../../src/store/postgres/open-postgres-store.ts";
import type { SqlStore } from "../../../src/store/sql/sql-store.ts";
import { openSqliteStore } from "../../../src/store/sqlite/open-sqlite-store.ts";
import { storeOptions } from "../../store/store-options.ts";
import { recordOf } from "../../support/sample-record.ts";

const [kind, target = "", action, argument = ""] = process.argv.slice(2);
const actions = { insert, write, fill };

tell("ready");
readFileSync(0);
const store = await open();
if (action === "insert" || action === "write" || action === "fill") await actions[action](store);
await store.close();

function tell(line: string): void {
  writeSync(1, `${line}\n`);
}

function open(): Promise<SqlStore> {
  const options = storeOptions();
  return kind === "sqlite"
    ? openSqliteStore({ ...options, path: target })
    : openPostgresStore({ ...options, url: target });
}

async function insert({ analyses }: SqlStore): Promise<void> {
  for (let index = 0; index < 20; index++) await analyses.insert(recordOf(`${argument}${index}`));
  tell("inserted");
}

/** Looks without end; a record's score is the number of its looks. */
async function write({ analyses }: SqlStore): Promise<void> {
  let record: AnalysisRecord = recordOf("a");
  await analyses.insert(record);
  for (let count = 1; ; count++) {
    record = withLooks(record, count);
    await analyses.update(record);
    tell(String(count));
  }
}

/** Fills the disk of the folder until the store fails, makes room, and goes on. */
async function fill({ analyses, check }: SqlStore): Promise<void> {
  let record: AnalysisRecord = recordOf("a");
  await analyses.insert(record);
  const ballast = join(argument, "ballast");
  for (let size = 1_048_576; size >= 1; size = Math.floor(size / 2)) addUntilFull(ballast, size);
  let kept = record;
  try {
    for (let count = 1; count < 2_000; count++) {
      record = withLooks(record, count);
      await analyses.update(record);
      kept = record;
    }
  } catch (error) {
    tell(codeOf(error));
  }
  tell(await check().then(() => "ready", codeOf));
  tell(JSON.stringify(await analyses.get("a")) === JSON.stringify(kept) ? "kept" : "lost");
  rmSync(ballast);
  await analyses.update(record);
  await check();
  tell(JSON.stringify(await analyses.get("a")) === JSON.stringify(record) ? "goes on" : "lost");
}

function withLooks(record: AnalysisRecord, count: number): AnalysisRecord {
  const look = { at: new Date(count * 1_000).toISOString(), score: count, evidence: [] };
  return { ...record, result: { ...record.result, score: count }, looks: [...record.looks, look] };
}

function addUntilFull(file: string, bytes: number): void {
  try {
    for (;;) writeFileSync(file, Buffer.alloc(bytes), { flag: "a" });
  } catch {
    // Full, as it should be.
  }
}

function codeOf(error: unknown): string {
  const { code, message } = CoalmineError.from(error);
  return `${code} ${message}`;
}
