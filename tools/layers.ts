/**
 * `npm run layers`: checks every import of the repository against the rules of
 * .dependency-cruiser.mjs, and says how much it looked at.
 */
import { format } from "dependency-cruiser";
import { cruiseTree } from "./cruise-tree.ts";

const result = await cruiseTree(process.cwd(), ["src", "test", "tools"]);
const { output, exitCode } = await format(result, { outputType: "err-long" });
console.log(String(output).trim());
process.exitCode = exitCode;
