import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** How large the services are that it knows. */
export interface Fleet {
  readonly canaryPods: number;
  readonly baselinePods: number;
}

/** Starts the stand-in for Prometheus, canned-prometheus.ts, as a process of its own that ends with this one. */
export async function startCannedPrometheus({ canaryPods, baselinePods }: Fleet) {
  const program = join(import.meta.dirname, "canned-prometheus.ts");
  const child = spawn(process.execPath, [program, String(canaryPods), String(baselinePods)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const [url] = await once(createInterface(child.stdout), "line");
  return { url: String(url), stop: () => void child.kill() };
}
