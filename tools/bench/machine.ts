/** What stands above every bench's figures: when, on what, and how busy it was. */
import { availableParallelism, cpus, loadavg } from "node:os";

/** Of the moment this is loaded: a bench's own load is no part of it. */
const load = loadavg()[0]?.toFixed(1);

export function machine(): string {
  const model = cpus()[0]?.model ?? "unknown processor";
  const date = new Date().toISOString().slice(0, 10);
  return `${date}, Node ${process.version}, ${availableParallelism()} cores (${model}), load average ${load} at the start`;
}
