import { expect, it } from "vitest";
import type { CliHost } from "../../../../src/adapters/cli/cli-host.ts";
import { runCliProgram } from "../../../../src/adapters/cli/cli-program.ts";
import type { SettingsReport } from "../../../../src/adapters/cli/config/settings-report.ts";
import { CoalmineError } from "../../../../src/base/errors.ts";
import { fakeHost } from "../fake-host.ts";

const good: SettingsReport = {
  rows: [
    ["listen", "http://127.0.0.1:8080"],
    ["source default", "Prometheus at http://p:9090"],
  ],
  trials: [],
};

async function config(line: string, checkSettings: CliHost["checkSettings"]) {
  const asked: Parameters<CliHost["checkSettings"]>[0][] = [];
  const { host, stdout, stderr } = fakeHost({
    checkSettings: (options) => {
      asked.push(options);
      return checkSettings(options);
    },
  });
  const code = await runCliProgram(["config", ...line.split(" ")], host);
  return { code, stdout: stdout(), stderr: stderr(), asked };
}

it("tells what good settings mean, in columns", async () => {
  const { code, stdout, stderr, asked } = await config("check", async () => good);
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toBe("listen          http://127.0.0.1:8080\nsource default  Prometheus at http://p:9090\n");
  expect(asked).toEqual([{ settingsFile: null, connects: false, signal: expect.any(AbortSignal) }]);
});

it("takes a file, and tries what it names if it is told to", async () => {
  const { asked } = await config("check --connect my.yaml", async () => good);
  expect(asked).toMatchObject([{ settingsFile: "my.yaml", connects: true }]);
});

it("tells every problem with its path, as 64, and nothing on standard output", async () => {
  const problems = [
    { path: "listen.prt", message: "unknown key `prt`; did you mean `port`?" },
    { path: "database.keep", message: "expected a duration" },
  ];
  const { code, stdout, stderr } = await config("check", () =>
    Promise.reject(new CoalmineError("invalid-settings", "the settings cannot be used", { problems })),
  );
  expect([code, stdout]).toEqual([64, ""]);
  expect(stderr).toBe(
    "coalmine: the settings cannot be used\n" +
      "  listen.prt: unknown key `prt`; did you mean `port`?\n" +
      "  database.keep: expected a duration\n",
  );
});

const away = {
  what: "source default",
  kind: "failed",
  error: new CoalmineError("source-unavailable", "it does not answer\u001b[2J"),
} as const;
const wrong = {
  what: "tokens",
  kind: "failed",
  error: new CoalmineError("invalid-settings", "no such file"),
} as const;
const fine = { what: "database", kind: "ok", text: "answers" } as const;
const odd = {
  what: "specs folder",
  kind: "warned",
  problems: [{ path: "slow", message: "has problems" }],
} as const;

it.each([
  [[fine], 0],
  [[fine, odd], 0],
  [[fine, away], 69],
  [[away, wrong, fine], 64],
])("tells what became of trying, and ends as the worst of it: %#", async (trials, wanted) => {
  const { code, stdout, stderr } = await config("check --connect", async () => ({ ...good, trials }));
  expect(code).toBe(wanted);
  const told = stdout.split("\n\n")[1] ?? "";
  expect(told.split("\n").slice(0, -1)).toHaveLength(trials.length);
  expect(told).toMatch(/^(ok {6}|failed)? ?/);
  expect(told).not.toContain("\u001b");
  const failed = trials.filter(({ kind }) => kind === "failed").length;
  expect(stderr).toBe(failed === 0 ? "" : `coalmine: ${failed} of ${trials.length} failed\n`);
});

it("tells beside each trial why", async () => {
  const { stdout } = await config("check --connect", async () => ({ ...good, trials: [fine, odd, away] }));
  expect(stdout.split("\n\n")[1]).toBe(
    "ok      database        answers\n" +
      "warned  specs folder    slow: has problems (a server starts all the same)\n" +
      "failed  source default  it does not answer [2J\n",
  );
});
