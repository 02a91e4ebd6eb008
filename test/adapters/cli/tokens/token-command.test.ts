import { expect, it } from "vitest";
import { parse } from "yaml";
import { runCliProgram } from "../../../../src/adapters/cli/cli-program.ts";
import { readSettings } from "../../../../src/app/settings/settings.ts";
import { digestOf } from "../../../../src/base/token.ts";
import { fakeHost } from "../fake-host.ts";

async function create(...args: readonly string[]) {
  const { host, stdout, stderr } = fakeHost();
  const code = await runCliProgram(["token", "create", ...args], host);
  return { code, stdout: stdout(), stderr: stderr() };
}

it("prints a token alone, and beside it the entry that the server takes for it", async () => {
  const { code, stdout, stderr } = await create("--name", "ci", "--namespaces", "shop, team-*");
  expect(code).toBe(0);
  expect(stdout).toMatch(/^coalmine_[\w-]{43}\n$/);
  const token = stdout.trim();
  expect(stderr).not.toContain(token);
  const { access } = readSettings({ access: { tokens: parse(stderr) } }, {});
  expect(access?.tokens).toEqual([
    {
      name: "ci",
      namespaces: ["shop", "team-*"],
      scopes: ["read", "write"],
      secret: { kind: "digest", digest: digestOf(token) },
    },
  ]);
});

it("makes another one each time, of the scopes asked for", async () => {
  const args = ["--name", "ci", "--namespaces", "*", "--scopes", "read"];
  const [one, other] = [await create(...args), await create(...args)];
  expect(one.stdout).not.toBe(other.stdout);
  expect(parse(one.stderr)).toMatchObject([{ namespaces: ["*"], scopes: ["read"] }]);
});

it.each([
  [["--namespaces", "shop"], "--name"],
  [["--name", "ci"], "--namespaces"],
  [["--name", "c i", "--namespaces", "shop"], "letters, digits"],
  [["--name", "ci", "--namespaces", "shop,Team"], "a prefix with an asterisk"],
  [["--name", "ci", "--namespaces", ""], "a prefix with an asterisk"],
  [["--name", "ci", "--namespaces", "shop", "--scopes", "admin"], "read or write"],
])("refuses %j and makes none", async (args, told) => {
  const { code, stdout, stderr } = await create(...args);
  expect(code).toBe(64);
  expect(stderr).toContain(told);
  expect(stdout).toBe("");
});
