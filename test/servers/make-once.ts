/** Makes a folder of programs once for all processes on the machine, whole or not at all. */
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * Returns `folder` when it exists; else lets `make` fill a new folder beside it
 * and renames that into place. Other processes that ask meanwhile wait.
 *
 * The lock is SQLite's on a file: the kernel lets go of it when its holder dies,
 * so there is no stale lock to clean up.
 */
export async function makeOnce(folder: string, make: (into: string) => Promise<void>): Promise<string> {
  if (existsSync(folder)) return folder;
  mkdirSync(dirname(folder), { recursive: true });
  const lock = new DatabaseSync(`${folder}.lock`);
  try {
    await acquire(lock);
    if (!existsSync(folder)) await fill(folder, make);
    return folder;
  } finally {
    lock.close();
  }
}

async function acquire(lock: DatabaseSync): Promise<void> {
  for (;;) {
    try {
      lock.exec("PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE");
      return;
    } catch (error) {
      if (!(error instanceof Error && error.message.includes("locked"))) throw error;
      await sleep(250);
    }
  }
}

async function fill(folder: string, make: (into: string) => Promise<void>): Promise<void> {
  const into = mkdtempSync(`${folder}.part-`);
  try {
    await make(into);
    renameSync(into, folder);
  } catch (error) {
    rmSync(into, { recursive: true, force: true });
    throw error;
  }
}
