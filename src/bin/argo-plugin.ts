#!/usr/bin/env node
/** The metric and step plugin of Argo Rollouts: started by its controller. */
import { runPlugin } from "../app/argo-plugin/run-plugin.ts";

const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
await runPlugin(new URL(`./argo-worker.${extension}`, import.meta.url));
