/**
 * `npm run proto`, once buf has found no lint and nothing broken: formats the
 * .proto files and writes what is made of them. With `--release` the contract as
 * it now is becomes the one that later changes must not break; what breaks it is
 * for `coalmine.v2`.
 */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { buf } from "./proto/buf.ts";
import { releasedImage, writtenFiles } from "./proto/written-files.ts";

const { values } = parseArgs({ options: { release: { type: "boolean", default: false } } });

await buf("format", "-w");
for (const [path, content] of await writtenFiles()) writeFileSync(path, content);
if (values.release) await buf("build", "--exclude-source-info", "-o", releasedImage);
console.log("proto: types and descriptors written");
