/**
 * The plugin as the package starts it: src/bin/argo-plugin.ts, but CommonJS,
 * which starts in 8 ms less of CPU time than a module and cannot wait at its top.
 */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { runPlugin } from "../../src/app/argo-plugin/run-plugin.ts";

void runPlugin(pathToFileURL(join(__dirname, "argo-worker.js")));
