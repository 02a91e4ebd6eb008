/** Where a program is, if it is installed. */
import { access, constants, stat } from "node:fs/promises";
import { join } from "node:path";

/** The first executable file of that name in the folders, in their order; null if there is none. */
export async function findExecutable(name: string, folders: readonly string[]): Promise<string | null> {
  for (const folder of folders) {
    const path = join(folder, name);
    if (await isExecutable(path)) return path;
  }
  return null;
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
