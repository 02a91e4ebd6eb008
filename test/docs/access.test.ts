/** docs/access.md is held to the code: its settings are taken, and what it calls open is what the API leaves open. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { problemStatus } from "../../src/adapters/http/problem.ts";
import { readSettings } from "../../src/app/settings.ts";
import { serveRest } from "../adapters/rest/serve-rest.ts";

const page = readFileSync(join(import.meta.dirname, "../../docs/access.md"), "utf8");
const yaml = [...page.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, block = ""]) => parse(block));

it("has settings that the server takes", () => {
  const { access } = readSettings(yaml[0], {});
  expect(access?.tokens.map(({ name }) => name)).toEqual(["flagger", "shop-pipeline"]);
});

it("tells of every key of a token", () => {
  const rows = page.split("| key | what it is |\n")[1]?.split("\n\n")[0] ?? "";
  const told = [...rows.matchAll(/^\| `(\w+)`/gm)].map(([, key]) => key);
  expect(told.sort()).toEqual(["name", "namespaces", "token", "tokenFile"]);
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
