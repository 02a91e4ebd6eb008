/**
 * A program over a store, for tests that need another process:
 * `node store-process.ts (sqlite FILE | postgres URL) (insert PREFIX | race | write | fill FOLDER)`.
 * It says `ready`, begins when its input ends, and tells each step on a line once
 * the store has answered it.
 */
import { readFileSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { CoalmineError } from "../../../src/base/errors.ts";
import { openPostgresStore } from "../../../src/store/postgres/open-postgres-store.ts";
import type { SqlStore } from "../../../src/store/sql/sql-store.ts";
import { openSqliteStore } from "../../../src/store/sqlite/open-sqlite-store.ts";
import { changeBy, committed, keptOf } from "../../store/sample-changes.ts";
import { storeOptions } from "../../store/store-options.ts";
import { changeOf, recordOf } from "../../support/sample-record.ts";

const [kind, target = "", action, argument = ""] = process.argv.slice(2);
const actions = { insert, race, write, fill };

tell("ready");
readFileSync(0);
const store = await open();
if (isAction(action)) await actions[action](store);
await store.close();

function isAction(word: string | undefined): word is keyof typeof actions {
  return word !== undefined && Object.hasOwn(actions, word);
}

function tell(line: string): void {
  writeSync(1, `${line}\n`);
}

function open(): Promise<SqlStore> {
  const options = storeOptions();
  return kind === "sqlite"
    ? openSqliteStore({ ...options, path: target, busyTimeoutMs: 60_000 })
    : openPostgresStore({ ...options, url: target });
}

async function insert({ analyses }: SqlStore): Promise<void> {
  for (let index = 0; index < 20; index++) await analyses.insert(changeOf(recordOf(`${argument}${index}`)));
  tell("inserted");
}

/** Wins twenty looks against others that do the same; a look's score is the revision that it was taken of. */
async function race({ analyses }: SqlStore): Promise<void> {
  for (let won = 0; won < 20; ) {
    const { record } = (await analyses.running("a")) ?? {};
    if (record === undefined) throw new Error("the analysis is not there");
    if (await analyses.commit(changeBy(record, record.revision))) won += 1;
  }
  tell("won");
}

/** Looks without end; a record's score is the number of its looks. */
async function write({ analyses }: SqlStore): Promise<void> {
  let record = recordOf("a");
  await analyses.insert(changeOf(record));
  for (let count = 1; ; count++) {
    const change = changeBy(record, count);
    if (!(await analyses.commit(change))) throw new Error("nobody else writes, and another was faster");
    record = committed(change);
    tell(String(count));
  }
}

/** Fills the disk of the folder until the store fails, makes room, and goes on. */
async function fill({ analyses, check }: SqlStore): Promise<void> {
  let record = recordOf("a");
  await analyses.insert(changeOf(record));
  const ballast = join(argument, "ballast");
  for (let size = 1_048_576; size >= 1; size = Math.floor(size / 2)) addUntilFull(ballast, size);
  const isKept = async () => {
    const { running, looks } = await keptOf(analyses, "a");
    return JSON.stringify(running?.record) === JSON.stringify(record) && looks.length === record.revision - 1;
  };
  try {
    while (record.revision < 2_000) {
      const change = changeBy(record, record.revision);
      await analyses.commit(change);
      record = committed(change);
    }
  } catch (error) {
    tell(codeOf(error));
  }
  tell(await check().then(() => "ready", codeOf));
  tell((await isKept()) ? "kept" : "lost");
  rmSync(ballast);
  const change = changeBy(record, record.revision);
  await analyses.commit(change);
  record = committed(change);
  await check();
  tell((await isKept()) ? "goes on" : "lost");
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
