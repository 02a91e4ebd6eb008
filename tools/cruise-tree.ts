/**
 * The import graph of a tree, judged by the rules of .dependency-cruiser.mjs.
 * Used by the layer check, by the diagram in docs/architecture.md and by the
 * tests of both.
 */
import { cruise, type ICruiseResult } from "dependency-cruiser";
import extractRules from "dependency-cruiser/config-utl/extract-depcruise-config";
import extractTsConfig from "dependency-cruiser/config-utl/extract-ts-config";

const repository = `${import.meta.dirname}/..`;

/**
 * Cruises `folders` of the tree at `root`. Paths in the result are relative to
 * `root`.
 *
 * @throws Error if nothing was cruised: dependency-cruiser finds no violation in
 *   0 modules (with a compiler it does not know, it reads none) and would pass.
 */
export async function cruiseTree(root: string, folders: readonly string[]): Promise<ICruiseResult> {
  const { forbidden, options } = await extractRules(`${repository}/.dependency-cruiser.mjs`);
  const { output } = await cruise(
    [...folders],
    { ...options, baseDir: root, validate: true, ruleSet: { forbidden: forbidden ?? [] } },
    {},
    { tsConfig: extractTsConfig(`${repository}/tsconfig.json`) },
  );
  if (typeof output === "string")
    throw new TypeError("dependency-cruiser answered text, a result was wanted");
  if (output.summary.totalCruised === 0) {
    throw new Error(
      `0 modules cruised in ${folders.join(", ")}: no rule was checked; is the TypeScript version supported?`,
    );
  }
  return output;
}
