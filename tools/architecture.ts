/** `npm run architecture`: draws the diagram of docs/architecture.md anew from the imports. */
import { readFileSync, writeFileSync } from "node:fs";
import { cruiseTree } from "./cruise-tree.ts";
import { folderDiagram, withDiagram } from "./folder-diagram.ts";

const page = "docs/architecture.md";
const diagram = folderDiagram(await cruiseTree(process.cwd(), ["src"]));
writeFileSync(page, withDiagram(readFileSync(page, "utf8"), diagram));
