import { findPackageJSON } from "node:module";
import { pathToFileURL } from "node:url";

/**
 * Where a file of this package is, by its path from `package.json`: the same from
 * the sources and from the programs that `npm run build` makes of them.
 */
export function packageFile(path: string): URL {
  return new URL(path, pathToFileURL(findPackageJSON(import.meta.url) ?? ""));
}
