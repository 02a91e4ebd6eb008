/** docs/operations.md is held to the code: its settings, its variables, its alerts, and the commands of its back-up, which are run. */
import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { promisify } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";
import { createService } from "../../src/app/create-service.ts";
import { readSettings } from "../../src/app/settings/settings.ts";
import { formatDuration } from "../../src/base/duration.ts";
import { startFakePrometheus } from "../support/fake-prometheus.ts";
import { alertRules } from "../support/monitoring-files.ts";
import { quietLogger } from "../support/quiet-logger.ts";
import { specDocument } from "../support/sample-record.ts";
import { settingKeys } from "../support/setting-keys.ts";
import { firstCells, rowsUnder } from "../support/table-cells.ts";
import { useTemporaryFolder } from "../support/temporary-folder.ts";

const root = join(import.meta.dirname, "../..");
const page = readFileSync(join(root, "docs/operations.md"), "utf8");

/** The rows of the tables under each heading, by the key as a file has it. */
function toldKeys(): ReadonlyMap<string, { readonly preset: string; readonly meaning: string }> {
  const settings = page.split("\n## Settings\n")[1]?.split("\n## ")[0] ?? "";
  const sections = settings.split("\n### ").slice(1);
  const rows = sections.flatMap((section) => {
    const prefix = /^`([^`]+)`/.exec(section)?.[1];
    const keys = section.split("\n").filter((line) => line.startsWith("| `"));
    return keys.map((line) => {
      const [key = "", preset = "", ...meaning] = line.slice(2, -2).split(" | ");
      const name = key.replaceAll("`", "");
      return [
        prefix === undefined ? name : `${prefix}.${name}`,
        { preset, meaning: meaning.join(" | ") },
      ] as const;
    });
  });
  return new Map(rows);
}

describe("the settings in docs/operations.md", () => {
  const told = toldKeys();

  it("are every key that the server takes, and no other", () => {
    expect([...told.keys()].toSorted()).toEqual(
      settingKeys()
        .map(({ path }) => path)
        .toSorted(),
    );
  });

  it.each(settingKeys().map(({ path, preset }) => [path, preset] as const))(
    "have the default of %s, and say what it is",
    (path, preset) => {
      const row = told.get(path);
      expect(row?.meaning).toMatch(/\w{3}/);
      for (const shown of shownOf(preset)) expect(shown).toContain(row?.preset);
    },
  );
});

/** What may stand for a default, one of each list. */
function shownOf(preset: unknown): readonly (readonly (string | undefined)[])[] {
  if (preset === undefined) return [];
  if (Array.isArray(preset) && preset.length > 0) return [[preset.map((item) => `\`${item}\``).join(", ")]];
  if (typeof preset === "object") return [["none"]];
  if (typeof preset === "number") return [[`\`${preset}\``, `\`${formatDuration(preset)}\``]];
  return [[`\`${preset}\``]];
}

it("tells every variable that stands above the settings", () => {
  const source = readFileSync(join(root, "src/app/settings/settings.ts"), "utf8");
  const declared = source.split("export interface SettingsEnvironment {")[1]?.split("\n}")[0] ?? "";
  const read = [...declared.matchAll(/readonly (\w+)\?/g)].map(([, name]) => name);
  expect(read.length).toBeGreaterThan(3);
  expect(firstCells(page, "| variable | in place of |").toSorted()).toEqual(read.toSorted());
});

it("says of every alert where to look first, and of no other", () => {
  const told = rowsUnder(page, "Alerts").flatMap(([alerts = ""]) =>
    [...alerts.matchAll(/`(\w+)`/g)].map(([, alert]) => alert ?? ""),
  );
  expect(told.toSorted()).toEqual(
    alertRules()
      .map(({ alert }) => alert)
      .toSorted(),
  );
});

it("leads to files that there are", () => {
  const files = [...page.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)].map(([, file = ""]) => file);
  expect(files.filter((file) => !existsSync(join(root, "docs", file)))).toEqual([]);
});

describe("the back-up of an embedded database", () => {
  const folder = useTemporaryFolder();

  async function serve(file: string, prometheusUrl: string) {
    const sources = { default: { kind: "prometheus", url: prometheusUrl } };
    const settings = readSettings({ listen: { port: 0 }, database: { file }, sources }, {});
    const service = await createService({ settings, logger: quietLogger(), drainMs: 0 });
    onTestFinished(() => service.close());
    return service;
  }

  const statement = /"(VACUUM INTO '[^']+')"/.exec(page)?.[1] ?? "";
  const program = /-- node -e '([^']+)'/.exec(page)?.[1] ?? "";

  it.each<[string, (from: string, to: string) => Promise<unknown>]>([
    [
      "VACUUM INTO",
      async (from, to) => {
        const database = new DatabaseSync(from);
        database.exec(statement.replace(/'[^']+'/, `'${to}'`));
        database.close();
      },
    ],
    ["Node's command", (from, to) => promisify(execFile)(process.execPath, ["-e", program, from, to])],
  ])("by %s is taken while a server runs, and another goes on from it", async (_, copy) => {
    const prometheus = await startFakePrometheus();
    onTestFinished(() => prometheus.close());
    const first = await serve(folder.path("coalmine.db"), prometheus.url);
    const started = await fetch(`${first.url}/v1/analyses`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(specDocument),
    });
    const { id } = Object(await started.json());
    await copy(folder.path("coalmine.db"), folder.path("copy.db"));
    await first.close();
    const second = await serve(folder.path("copy.db"), prometheus.url);
    const found = await fetch(`${second.url}/v1/analyses/${id}`);
    expect(Object(await found.json())).toMatchObject({ id, phase: "running", service: "checkout" });
  });
});
