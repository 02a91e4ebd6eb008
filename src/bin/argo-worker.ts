/** The worker thread of the plugin for Argo Rollouts. */
import { runWorker } from "../app/argo-plugin/run-worker.ts";

runWorker();
