/** docs/access.md is held to the code: its settings are taken, and what it calls open is what the API leaves open. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { problemStatus } from "../../src/adapters/http/problem.ts";
import { readSettings } from "../../src/app/settings/settings.ts";
import { scopes } from "../../src/base/access.ts";
import { serveRest } from "../adapters/rest/serve-rest.ts";

const page = readFileSync(join(import.meta.dirname, "../../docs/access.md"), "utf8");
const yaml = [...page.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, block = ""]) => parse(block));

it("has settings that the server takes", () => {
  const { access } = readSettings(yaml[0], {});
  expect(access?.tokens.map(({ name }) => name)).toEqual(["flagger", "dashboards"]);
});

it.each(["access", "a token", "serviceAccounts"] as const)("tells of every key of %s", (whose) => {
  const table = new RegExp(`\\| key of \`?${whose}\`? \\| what it is \\|\\n(.*?)\\n\\n`, "s").exec(page);
  const told = [...(table?.[1] ?? "").matchAll(/^\| `(\w+)`/gm)].map(([, key]) => key);
  expect(told.toSorted()).toEqual(keysOf(whose).toSorted());
});

/** What the settings say to a key that is none: all that are. */
function keysOf(whose: "access" | "a token" | "serviceAccounts"): readonly string[] {
  const unknown = { "a-key-as-long-as-a-secret": 1 };
  const access = {
    access: unknown,
    "a token": { tokens: [unknown] },
    serviceAccounts: { serviceAccounts: unknown },
  }[whose];
  try {
    readSettings({ access }, {});
    return [];
  } catch (error) {
    return /known: ([\w, ]+)/.exec(String(error))?.[1]?.split(", ") ?? [];
  }
}

it("gives the names of scopes", () => {
  const rows = page.split("| scope | lets it |\n")[1]?.split("\n\n")[0] ?? "";
  expect([...rows.matchAll(/^\| `(\w+)`/gm)].map(([, scope]) => scope)).toEqual([...scopes]);
});

it("names what stays open, and nothing that does not", async () => {
  const { paths } = Object(await (await (await serveRest()).ask("GET", "/openapi.json")).json());
  const open = Object.keys(paths).filter((path) => !path.startsWith("/v1/"));
  const rows = page.split("| path | why |\n")[1]?.split("\n\n")[0] ?? "";
  const told = [...rows.matchAll(/`(\/[^`]+)`/g)].map(([, path]) => path);
  const ofOthers = ["/prometheus/-/healthy", "/prometheus/-/ready", "/gate/approve", "/gate/halt"];
  expect(told.sort()).toEqual([...open, ...ofOthers].sort());
});

it("gives the statuses that callers get", () => {
  for (const code of ["unauthenticated", "forbidden"] as const) {
    expect(page).toContain(`${problemStatus[code]} \`${code}\``);
  }
});
