import { inspect } from "node:util";
import { Client } from "pg";
import { describe, expect, it, onTestFinished } from "vitest";
import { changeBy, committed, keptOf } from "../../store/sample-changes.ts";
import { changeOf, recordOf } from "../../support/sample-record.ts";
import { openStoreAt, usePostgres } from "./use-postgres.ts";

const postgres = usePostgres();
const done = changeOf(recordOf("a", { phase: "done" }));

const unavailable = (text: string) => ({
  code: "source-unavailable",
  message: expect.stringContaining(text),
});

/** A connection beside the store's, closed after the test. */
async function another(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  client.on("error", () => undefined);
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}

describe.each([
  ["is restarted", () => postgres.server().shutDown()],
  ["crashes", () => postgres.server().crash()],
])("when the database %s", (_, end) => {
  it("calls fail until it is back, then go on, and nothing that was answered is lost", async () => {
    const database = await postgres.empty();
    const { analyses, check } = await database.openStore();
    const record = recordOf("a");
    await Promise.all([analyses.insert(changeOf(record)), analyses.insert(changeOf(recordOf("b"))), check()]);
    await end();
    const failure: unknown = await analyses.commit(done).catch((error: unknown) => error);
    expect(failure).toMatchObject(unavailable("cannot be reached"));
    expect(inspect(failure, { depth: 10, showHidden: true })).not.toContain("of the tests");
    await expect(check()).rejects.toMatchObject(unavailable("cannot be reached"));
    await expect(analyses.get("a")).rejects.toMatchObject(unavailable("cannot be reached"));
    await postgres.server().restart();
    expect(await analyses.get("a")).toEqual(record);
    expect(await analyses.commit(done)).toBe(true);
    await check();
    expect(await analyses.get("a")).toEqual(committed(done));
  });
});

it("goes on at once after its connections were cut, those in use and those that wait", async () => {
  const database = await postgres.empty();
  const { analyses } = await database.openStore();
  await analyses.insert(changeOf(recordOf("a")));
  const holder = await another(database.url);
  await holder.query("begin; select * from analyses for update");
  const waiting = analyses.commit(done).catch((error: unknown) => error);
  await expect.poll(() => database.query(waitingSql)).toHaveLength(1);
  await holder.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'coalmine' and datname = current_database()",
  );
  expect(await waiting).toMatchObject({ code: "source-unavailable" });
  await holder.query("rollback");
  expect(await analyses.commit(done)).toBe(true);
  expect(await analyses.get("a")).toEqual(committed(done));
});

const waitingSql =
  "select pid from pg_stat_activity where application_name = 'coalmine' and wait_event_type = 'Lock' and datname = current_database()";

it("gives up a statement that takes too long, and its connection serves the next", async () => {
  const database = await postgres.empty();
  // Long for every statement but one that waits for somebody.
  const { analyses } = await openStoreAt(database.url, { maxConnections: 1, statementTimeoutMs: 2_000 });
  await analyses.insert(changeOf(recordOf("a")));
  const holder = await another(database.url);
  await holder.query("begin; select * from analyses for update");
  await expect(analyses.commit(done)).rejects.toMatchObject(unavailable("took too long"));
  expect(await analyses.get("a")).toEqual(recordOf("a"));
  await holder.query("rollback");
  expect(await analyses.commit(done)).toBe(true);
  expect(await analyses.get("a")).toEqual(committed(done));
});

it.each([
  ["53100", "its disk is full"],
  ["25006", "it is read-only"],
])("changes nothing when the database answers %s in the middle, and goes on later", async (code, text) => {
  const database = await postgres.empty();
  const { analyses } = await database.openStore();
  const record = recordOf("a");
  await analyses.insert(changeBy(record, 1));
  const before = await keptOf(analyses, "a");
  await database.query(
    `create function fail() returns trigger language plpgsql as $$
      begin raise exception 'could not extend the file' using errcode = '${code}'; end $$`,
  );
  await database.query("create trigger fails before insert on looks for each row execute function fail()");
  const change = changeBy(record, 2);
  await expect(analyses.commit(change)).rejects.toMatchObject(unavailable(text));
  expect(await keptOf(analyses, "a")).toEqual(before);
  await database.query("drop trigger fails on looks");
  expect(await analyses.commit(change)).toBe(true);
  expect(await analyses.get("a")).toEqual(committed(change));
});

describe("opening", () => {
  it.each([
    [
      "a wrong password",
      (url: URL) => Object.assign(url, { password: "hunter2" }),
      "refused the user or the password",
    ],
    [
      "a database that is not there",
      (url: URL) => Object.assign(url, { pathname: "/nowhere" }),
      "no database of that name",
    ],
  ])("fails for %s, and tells no password", async (_, change, text) => {
    const url = change(new URL(postgres.server().url())).href;
    const error: unknown = await openStoreAt(url).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject(unavailable(text));
    expect(inspect(error, { depth: 10, showHidden: true })).not.toMatch(
      /hunter2|of the tests|of%20the%20tests/,
    );
  });

  it("waits while another replica migrates, longer than a statement may take", async () => {
    const database = await postgres.empty();
    const holder = await another(database.url);
    await holder.query("begin; select pg_advisory_xact_lock(6620771204)");
    const opening = openStoreAt(database.url, { statementTimeoutMs: 1_000 });
    const waits =
      "select pid from pg_stat_activity where wait_event = 'advisory' and datname = current_database()";
    await expect.poll(() => database.query(waits)).toHaveLength(1);
    // Past the limit of a statement: the server would have ended the wait by now.
    await holder.query("select pg_sleep(2)");
    expect(await database.query(waits)).toHaveLength(1);
    await holder.query("commit");
    await (await opening).check();
  });
});
