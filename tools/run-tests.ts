/**
 * `npm test`: everything that must hold before a change lands. The checks, the
 * unit tests (those that fuzz with as many inputs as `npm run fuzz`), then the
 * servers and the tests that need them; all of it runs even if a part fails. The
 * last line is the count of tests; a failed check counts there as one failure.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { closingLine, failuresOf, type TestReport, type TestTally, tallyReport, total } from "./tally.ts";

const wantedNode = 24;
const runningNode = Number.parseInt(process.versions.node, 10);
if (runningNode < wantedNode) {
  console.error(
    `Node ${wantedNode} or later wanted, ${process.versions.node} met. \`npm ci\` installs it for npm's scripts: ` +
      "run `npm test`, and if that says this, `npm rebuild node` first.",
  );
  process.exit(1);
}

const scratch = mkdtempSync(join(tmpdir(), "coalmine-tests-"));
const tallies: TestTally[] = [];
const failures: string[] = [];
for (const check of ["format", "types", "layers", "unused"]) tallies.push(await runCheck(check));
tallies.push(await runTests("unit", [], { FUZZ_RUNS: "10000" }));
tallies.push(await runCheck("servers"));
tallies.push(await runTests("real"));
const inOwnNetwork = ["node", "test/servers/own-network.ts"];
tallies.push(await runTests("argo", inOwnNetwork));
tallies.push(await runTests("flagger", inOwnNetwork));
rmSync(scratch, { recursive: true });

const all = total(tallies);
if (failures.length > 0) console.log(`\nWhat failed:\n${failures.join("\n")}\n`);
console.log(closingLine(all));
process.exitCode = all.failed === 0 ? 0 : 1;

async function runCheck(script: string): Promise<TestTally> {
  heading(script);
  const code = await run("npm", ["run", "--silent", script]);
  if (code !== 0) failures.push(`check ${script}: npm run ${script}`);
  return { passed: 0, failed: code === 0 ? 0 : 1, skipped: 0 };
}

/**
 * @param launcher command that runs the tests where they can: those of controllers in a network of their own.
 * @param variables for them, beside this process' own.
 */
async function runTests(
  project: "unit" | "real" | "argo" | "flagger",
  launcher: readonly string[] = [],
  variables: Readonly<Record<string, string>> = {},
): Promise<TestTally> {
  heading(`${project} tests`);
  const file = join(scratch, `${project}.json`);
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
  const [program = "", ...args] = [...launcher, "vitest", "run", "--project", project, ...reporters];
  const code = await run(program, args, { ...process.env, ...variables });
  const report = readReport(file);
  const tally = tallyReport(report, code);
  failures.push(...failuresOf(report).map((failure) => `${project} ${failure}`));
  console.log(`${project}: ${closingLine(tally)}`);
  return tally;
}

function heading(text: string): void {
  console.log(`\n=== ${text} (${new Date().toISOString()})`);
}

async function run(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<number | null> {
  const { promise, resolve } = Promise.withResolvers<number | null>();
  const child = spawn(command, [...args], { env, stdio: ["ignore", "inherit", "inherit"] });
  child.once("error", (error) => {
    console.error(`${command} could not be started: ${error.message}`);
    resolve(null);
  });
  child.once("close", resolve);
  return promise;
}

function readReport(file: string): TestReport | null {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as TestReport;
  } catch {
    return null;
  }
}
