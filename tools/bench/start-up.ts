/**
 * How soon a server on the embedded database is ready, and what it takes idle: as
 * in the image (`npm run build`) and from the sources, in turn:
 * `npm run bench:start -- [--runs 10]`. Prints markdown; nothing is judged here.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { freePort } from "../../test/servers/free-port.ts";
import { startOwnProcess } from "../../test/servers/own-process.ts";
import { runCommand } from "../../test/servers/run-command.ts";
import { machine } from "./machine.ts";
import { processorMs } from "./processor-ms.ts";

const { values } = parseArgs({ options: { runs: { type: "string", default: "10" } } });
const repository = resolve(import.meta.dirname, "../..");
/** As the Dockerfile's ENTRYPOINT has it. */
const asInTheImage = ["--max-semi-space-size=4", join(repository, "dist/bin/server.js")];
const fromTheSources = [join(repository, "src/bin/server.ts")];
/** What the start left behind has been collected by then. */
const idleMs = 3_000;

interface Start {
  readonly readyMs: number;
  readonly processorMs: number;
  readonly megabytes: number;
}

await runCommand(process.execPath, [join(repository, "tools/build.ts")]);
const image: Start[] = [];
const sources: Start[] = [];
for (let run = 0; run < Number(values.runs); run++) {
  image.push(await measureStart(asInTheImage));
  sources.push(await measureStart(fromTheSources));
}
const lines = [
  `${machine()}; ${values.runs} starts of each, in turn: median, and the least and the most.`,
  "",
  "| server | ready after | processor until then | memory when idle |",
  "| --- | ---: | ---: | ---: |",
  row("as in the image", image),
  row("from the sources", sources),
];
console.log(lines.join("\n"));

async function measureStart(program: readonly string[]): Promise<Start> {
  const folder = mkdtempSync(join(tmpdir(), "coalmine-bench-"));
  const port = await freePort();
  const begun = performance.now();
  const server = await startOwnProcess(process.execPath, program, `http://127.0.0.1:${port}/readyz`, {
    env: {
      HOST: "127.0.0.1",
      PORT: String(port),
      DATABASE_FILE: join(folder, "coalmine.db"),
      NODE_ENV: "production",
    },
  });
  try {
    const start = { readyMs: performance.now() - begun, processorMs: processorMs([server.pid]) };
    await sleep(idleMs);
    return { ...start, megabytes: residentMegabytes(server.pid) };
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true });
  }
}

function residentMegabytes(pid: number): number {
  const [, kilobytes = ""] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kilobytes) / 1_024;
}

function row(title: string, starts: readonly Start[]): string {
  const cell = (key: keyof Start, unit: string) => {
    const sorted = starts.map((start) => Math.round(start[key])).sort((a, b) => a - b);
    return `${sorted[Math.floor(sorted.length / 2)]} ${unit} (${sorted[0]} to ${sorted.at(-1)})`;
  };
  return `| ${title} | ${cell("readyMs", "ms")} | ${cell("processorMs", "ms")} | ${cell("megabytes", "MB")} |`;
}
