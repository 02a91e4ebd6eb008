import { mkdir, writeFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { openTokens } from "../../../src/app/access/access-tokens.ts";
import { readSettings } from "../../../src/app/settings/settings.ts";
import { CoalmineError } from "../../../src/base/errors.ts";
import { digestOf } from "../../../src/base/token.ts";
import { fakeClock } from "../../support/fake-clock.ts";
import { quietLogger } from "../../support/quiet-logger.ts";
import { useTemporaryFolder } from "../../support/temporary-folder.ts";

const folder = useTemporaryFolder();

interface Token {
  readonly name: string;
  readonly token?: string;
  readonly tokenFile?: string;
  readonly sha256?: string;
  readonly scopes?: readonly string[];
  readonly namespaces?: readonly string[];
}

function accessOf(...tokens: readonly Token[]) {
  const entries = tokens.map((token) => ({ namespaces: ["shop"], ...token }));
  const { access } = readSettings({ access: { tokens: entries } }, {});
  if (access === undefined) throw new Error("access control is off");
  return openTokens(access, fakeClock(0), quietLogger());
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
    expect(access.count).toBe(2);
    expect((await access.callerOf("secret-of-ci-0001"))?.name).toBe("ci");
    expect((await access.callerOf("secret-of-flagger-1"))?.name).toBe("flagger");
    for (const wrong of ["", "secret-of-ci-000", "secret-of-ci-00012", "Secret-of-ci-0001", "ci"]) {
      expect(await access.callerOf(wrong), String(wrong)).toBeNull();
    }
  });

  it("is recognised by a digest, and may do what its scopes say", async () => {
    const sha256 = digestOf("secret-of-ci-0001");
    const access = await accessOf({ name: "ci", sha256, scopes: ["read"] });
    const caller = await access.callerOf("secret-of-ci-0001");
    expect([caller?.mayRead("shop"), caller?.mayWrite("shop")]).toEqual([true, false]);
    expect(await access.callerOf(sha256)).toBeNull();
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
    const caller = await access.callerOf("secret-of-ci-0001");
    expect(
      [...may, ...mayNot].filter((namespace) => caller?.mayRead(namespace) && caller.mayWrite(namespace)),
    ).toEqual(may);
  });
});

describe("a token in a file", () => {
  it.each(["secret-of-ci-0001", "secret-of-ci-0001\n", "secret-of-ci-0001\r\n"])(
    "is what the file %j holds, without the line break at its end",
    async (text) => {
      const access = await accessOf({ name: "ci", tokenFile: await fileOf("ci", text) });
      expect((await access.callerOf("secret-of-ci-0001"))?.name).toBe("ci");
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
    expect(told(1)).toBe(`${folder.path("folder")} is no file`);
    expect(told(2)).toContain(`${folder.path("empty")} holds a token that is shorter than 16`);
    expect(told(3)).toContain(`${folder.path("two")} holds a token that must be one word`);
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
