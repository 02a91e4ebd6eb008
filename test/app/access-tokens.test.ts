import { mkdir, writeFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { createAccess } from "../../src/app/access-tokens.ts";
import { readSettings } from "../../src/app/settings.ts";
import { CoalmineError } from "../../src/base/errors.ts";
import { useTemporaryFolder } from "../support/temporary-folder.ts";

const folder = useTemporaryFolder();

interface Token {
  readonly name: string;
  readonly token?: string;
  readonly tokenFile?: string;
  readonly namespaces?: readonly string[];
}

function accessOf(...tokens: readonly Token[]) {
  const entries = tokens.map((token) => ({ namespaces: ["shop"], ...token }));
  return createAccess(readSettings({ access: { tokens: entries } }, {}).access);
}

async function problemsOf(...tokens: readonly Token[]) {
  const error: unknown = await accessOf(...tokens).catch((thrown: unknown) => thrown);
  if (!(error instanceof CoalmineError)) throw new Error("it was taken");
  expect(error.code).toBe("invalid-settings");
  expect(`${error.message}${JSON.stringify(error.problems)}`).not.toContain("secret");
  return new Map(error.problems.map(({ path, message }) => [path, message]));
}

async function fileOf(name: string, text: string): Promise<string> {
  await writeFile(folder.path(name), text);
  return folder.path(name);
}

describe("whoever asks", () => {
  it("is recognised by the token, and by no other", async () => {
    const access = await accessOf(
      { name: "ci", token: "secret-of-ci-0001" },
      { name: "flagger", token: "secret-of-flagger-1" },
    );
    expect(access.isOn).toBe(true);
    expect(access.callerOf("secret-of-ci-0001")?.name).toBe("ci");
    expect(access.callerOf("secret-of-flagger-1")?.name).toBe("flagger");
    for (const wrong of [null, "", "secret-of-ci-000", "secret-of-ci-00012", "Secret-of-ci-0001", "ci"]) {
      expect(access.callerOf(wrong), String(wrong)).toBeNull();
    }
  });

  it("may do everything without settings", async () => {
    const access = await createAccess(undefined);
    expect(access.isOn).toBe(false);
    expect(access.callerOf(null)?.mayActIn("")).toBe(true);
  });

  it.each([
    [["shop"], ["shop"], ["shop2", "sho", "team-a", ""]],
    [["team-*"], ["team-a", "team-", "team-*"], ["team", "shop", "ateam-a", ""]],
    [
      ["shop", "team-*"],
      ["shop", "team-b"],
      ["cart", ""],
    ],
    [["*"], ["shop", "team-a", ""], []],
  ])("may act with %j in %j and not in %j", async (namespaces, may, mayNot) => {
    const access = await accessOf({ name: "ci", token: "secret-of-ci-0001", namespaces });
    const caller = access.callerOf("secret-of-ci-0001");
    expect([...may, ...mayNot].filter((namespace) => caller?.mayActIn(namespace))).toEqual(may);
  });
});

describe("a token in a file", () => {
  it.each(["secret-of-ci-0001", "secret-of-ci-0001\n", "secret-of-ci-0001\r\n"])(
    "is what the file %j holds, without the line break at its end",
    async (text) => {
      const access = await accessOf({ name: "ci", tokenFile: await fileOf("ci", text) });
      expect(access.callerOf("secret-of-ci-0001")?.name).toBe("ci");
    },
  );

  it("is refused with the file's name where it cannot be read or is not fit", async () => {
    await mkdir(folder.path("folder"));
    const problems = await problemsOf(
      { name: "a", tokenFile: folder.path("nowhere") },
      { name: "b", tokenFile: folder.path("folder") },
      { name: "c", tokenFile: await fileOf("empty", "\n") },
      { name: "d", tokenFile: await fileOf("two", "secret-of-ci-0001\nsecret-of-ci-0002\n") },
    );
    const told = (index: number) => problems.get(`access.tokens.${index}.tokenFile`);
    expect(told(0)).toBe(`${folder.path("nowhere")} cannot be read: there is no such file`);
    expect(told(1)).toBe(`${folder.path("folder")} cannot be read: EISDIR`);
    expect(told(2)).toContain(`${folder.path("empty")} is shorter than 16`);
    expect(told(3)).toContain(`${folder.path("two")} must be one word`);
  });
});

describe("what two tokens share", () => {
  it("may not be the name", async () => {
    const problems = await problemsOf(
      { name: "ci", token: "secret-of-ci-0001" },
      { name: "ci", token: "secret-of-ci-0002" },
    );
    expect([...problems.keys()]).toEqual(["access.tokens.1.name"]);
  });

  it("may not be the token, also where one is in a file", async () => {
    const problems = await problemsOf(
      { name: "a", token: "secret-of-ci-0001" },
      { name: "b", token: "secret-of-ci-0002" },
      { name: "c", tokenFile: await fileOf("c", "secret-of-ci-0001") },
    );
    expect([...problems]).toEqual([["access.tokens.2", expect.stringContaining("access.tokens.0")]]);
  });
});

it("refuses a name that is the token itself, for names are logged", async () => {
  const problems = await problemsOf({ name: "secret-of-ci-0001", token: "secret-of-ci-0001" });
  expect([...problems.keys()]).toEqual(["access.tokens.0.name"]);
});
