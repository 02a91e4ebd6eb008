import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { runCliProgram } from "../../../src/adapters/cli/cli-program.ts";
import { exitCodes, verdictExitCodes } from "../../../src/adapters/cli/exit-codes.ts";
import { parseSpec } from "../../../src/analysis/spec/parse-spec.ts";
import { readSpecText } from "../../../src/analysis/spec/read-spec-text.ts";
import { useTemporaryFolder } from "../../support/temporary-folder.ts";
import { fakeHost } from "./fake-host.ts";
import { passedResult, stepAt } from "./sample-result.ts";

const readmes = ["README.md", "src/adapters/cli/README.md", "plugins/flagger/gates.md"];
const folder = useTemporaryFolder();

function blocks(path: string, language: string): readonly string[] {
  const fence = new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, "gms");
  return [...readFileSync(path, "utf8").matchAll(fence)].map(([, block]) => block ?? "");
}

/** The other blocks are parts of Argo's manifests. */
const specs = blocks("README.md", "yaml").filter((text) => text.startsWith("service:"));

test("the spec in the README reads", () => {
  expect(specs.map((text) => parseSpec(readSpecText(text)).service)).toEqual(["checkout"]);
});

/** A server that takes every word. */
async function anyGate(address: string, { body }: RequestInit): Promise<Response> {
  if (address.includes("/v1/audit")) return Response.json({ entries: [], next: null });
  if (body === undefined) return Response.json({ gates: [] });
  return Response.json({ at: "2026-01-01T12:00:00Z", ...Object(JSON.parse(String(body))) });
}

test("the commands in the READMEs are understood", async () => {
  const commands = readmes
    .flatMap((path) => blocks(path, "sh"))
    .flatMap((block) => block.replaceAll("\\\n", " ").split("\n"))
    .flatMap((line) => /^(?:npx )?coalmine (.*)$/.exec(line)?.[1] ?? [])
    .map((line) => line.replace(/ \|\| .*$/, ""));
  expect(commands).toHaveLength(15);
  for (const command of commands) {
    const args = command
      .replace("analysis.yaml", "-")
      .replace(/canary\.xml|comment\.md/, folder.path("report"))
      .split(/\s+/);
    const { host, stderr } = fakeHost({
      stdin: specs[0] ?? "",
      run: () => [stepAt(1, passedResult)],
      fetch: anyGate,
    });
    expect([command, await runCliProgram([...args], host), stderr()]).toEqual([
      command,
      0,
      expect.anything(),
    ]);
  }
});

test.each(readmes)("every file that %s links to is there", (path) => {
  const links = [...readFileSync(path, "utf8").matchAll(/\]\(([^)#:]+)\)/g)].map(([, link]) => link ?? "");
  expect(links.filter((link) => !existsSync(join(dirname(path), link)))).toEqual([]);
});

test("every file and folder that the README names is there", () => {
  const names = [...readFileSync("README.md", "utf8").matchAll(/`((?:src|test)\/[^`]+)`/g)].map(
    ([, name]) => name ?? "",
  );
  expect(names.length).toBeGreaterThan(5);
  expect(names.filter((name) => !existsSync(name))).toEqual([]);
});

test("every exit code stands in the table", () => {
  const table = [...readFileSync("src/adapters/cli/README.md", "utf8").matchAll(/^\| (\d+) +\|/gm)];
  const codes = new Set([...Object.values(verdictExitCodes), ...Object.values(exitCodes), 130]);
  expect(table.map(([, code]) => Number(code))).toEqual([...codes].toSorted((a, b) => a - b));
});
