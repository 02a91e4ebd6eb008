/** Tokens in files, and what becomes of them when the files change under a running server. */
import { execFileSync } from "node:child_process";
import { mkdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { openTokens } from "../../../src/app/access/access-tokens.ts";
import { readSettings } from "../../../src/app/settings/settings.ts";
import { CoalmineError } from "../../../src/base/errors.ts";
import type { Logger } from "../../../src/base/logger.ts";
import { digestOf } from "../../../src/base/token.ts";
import { fakeClock } from "../../support/fake-clock.ts";
import { useTemporaryFolder } from "../../support/temporary-folder.ts";

const folder = useTemporaryFolder();
const never = new AbortController().signal;

const secrets = {
  ci: "s3cret-of-ci-00001",
  shop: "s3cret-of-shop-001",
  bank: "s3cret-of-bank-001",
} as const;

type Who = keyof typeof secrets;

/** The server's tokens, a second that passes, and what was logged. */
async function open(access: object) {
  const clock = fakeClock(1_000_000);
  const log: { readonly level: string; readonly text: string }[] = [];
  const write = (level: string) => (fields: object, message: string) =>
    void log.push({ level, text: `${message} ${JSON.stringify(fields)}` });
  const logger: Logger = { info: write("info"), warn: write("warn"), error: write("error") };
  const settings = readSettings({ access }, {}).access;
  if (settings === undefined) throw new Error("access control is off");
  const tokens = await openTokens(settings, clock, logger);
  const known = async () => {
    const callers = await Promise.all(Object.values(secrets).map((secret) => tokens.callerOf(secret)));
    return callers.flatMap((caller) => (caller === null ? [] : [caller.name]));
  };
  return {
    tokens,
    log,
    known,
    warnings: () => log.filter(({ level }) => level === "warn").map(({ text }) => text),
    /** Those who are known a second from now. */
    async later() {
      await clock.until(clock.now() + 1_000, never);
      return await known();
    },
  };
}

const entry = (who: Who, rest: object = {}) => ({
  sha256: digestOf(secrets[who]),
  namespaces: [who],
  ...rest,
});
const write = (name: string, value: unknown) =>
  writeFile(folder.path(name), typeof value === "string" ? value : JSON.stringify(value));

async function problemsOf(access: object): Promise<string> {
  const error: unknown = await open(access).catch((thrown: unknown) => thrown);
  if (!(error instanceof CoalmineError)) throw new Error("it was taken");
  expect(error.code).toBe("invalid-settings");
  expect(error.message).not.toMatch(/s3cret/);
  return error.message;
}

describe("a file of tokens", () => {
  const list = (...who: readonly Who[]) => who.map((name) => entry(name, { name }));
  const access = () => ({ tokensFile: folder.path("tokens.yaml") });

  it("holds the entries of the settings, beside those of the settings", async () => {
    await write("tokens.yaml", list("shop", "bank"));
    const { known } = await open({ ...access(), tokens: [entry("ci", { name: "ci" })] });
    expect(await known()).toEqual(["ci", "shop", "bank"]);
  });

  it("is read again when it changes: a token that is new is known, one that is gone is not", async () => {
    await write("tokens.yaml", list("ci", "shop"));
    const { later, log } = await open(access());
    await write("tokens.yaml", list("bank", "shop"));
    expect(await later()).toEqual(["shop", "bank"]);
    await write("tokens.yaml", "[]");
    expect(await later()).toEqual([]);
    expect(log.map(({ level }) => level)).toEqual(["info", "info"]);
  });

  it("changes what a token may do", async () => {
    await write("tokens.yaml", list("shop"));
    const { tokens, later } = await open(access());
    expect((await tokens.callerOf(secrets.shop))?.mayWrite("shop")).toBe(true);
    await write("tokens.yaml", [entry("shop", { name: "shop", scopes: ["read"] })]);
    await later();
    expect((await tokens.callerOf(secrets.shop))?.mayWrite("shop")).toBe(false);
  });

  it("that is wrong changes nothing and is told once, without a secret, until it is mended", async () => {
    await write("tokens.yaml", list("ci", "shop"));
    const { later, warnings } = await open(access());
    const wrong = [
      `- {name: ci, token: "${secrets.ci}`,
      [{ name: "ci", token: secrets.ci, nmespaces: [secrets.ci] }],
      list("ci", "ci", "shop"),
      { tokens: list("ci") },
      [{ name: "ci", tokenFile: "/nowhere", namespaces: ["*"] }],
    ];
    for (const [index, content] of wrong.entries()) {
      await write("tokens.yaml", content);
      expect(await later(), JSON.stringify(content)).toEqual(["ci", "shop"]);
      expect(await later(), JSON.stringify(content)).toEqual(["ci", "shop"]);
      expect(warnings()).toHaveLength(index + 1);
    }
    expect(warnings().join("\n")).not.toMatch(/s3cret/);
    expect(warnings()[1]).toContain("entry 1: unknown key `nmespaces`");
    await write("tokens.yaml", list("bank"));
    expect(await later()).toEqual(["bank"]);
    expect(warnings()).toHaveLength(wrong.length);
  });

  it("that is gone takes its tokens with it", async () => {
    await write("tokens.yaml", list("ci", "shop"));
    const { later, warnings } = await open(access());
    await rm(folder.path("tokens.yaml"));
    expect(await later()).toEqual([]);
    expect(warnings()).toEqual([expect.stringContaining("there is no such file")]);
  });

  it("must be there and right at the start", async () => {
    expect(await problemsOf(access())).toContain("tokens.yaml cannot be read: there is no such file");
    await write("tokens.yaml", "- {name: s3cret");
    expect(await problemsOf(access())).toContain("access.tokensFile");
    await write("tokens.yaml", [{ name: "ci" }]);
    expect(await problemsOf(access())).toContain("entry 1.namespaces");
    await write("tokens.yaml", "x".repeat(1024 * 1024 + 1));
    expect(await problemsOf(access())).toContain("larger than");
    execFileSync("/usr/bin/mkfifo", [folder.path("pipe")]);
    expect(await problemsOf({ tokensFile: folder.path("pipe") })).toContain("is no file");
  });
});

describe("a folder of tokens", () => {
  const access = () => ({ tokensFolder: folder.path() });

  it("holds one in a file, of the file's name unless it says another", async () => {
    await write("shop.yaml", entry("shop"));
    await write("bank", entry("bank", { name: "the-bank" }));
    await write(".hidden", "no token");
    const { known } = await open(access());
    expect(await known()).toEqual(["shop", "the-bank"]);
  });

  it("may be empty, and is filled under the running server", async () => {
    const { known, later } = await open(access());
    expect(await known()).toEqual([]);
    await write("shop", entry("shop"));
    expect(await later()).toEqual(["shop"]);
  });

  it("keeps the token of a file that goes wrong, and takes the changes of the others", async () => {
    await write("shop", entry("shop"));
    await write("ci", entry("ci"));
    const { later, warnings } = await open(access());
    await write("shop", "garbage");
    await rm(folder.path("ci"));
    await write("bank", entry("bank"));
    expect(await later()).toEqual(["shop", "bank"]);
    expect(warnings()).toEqual([expect.stringContaining("shop entry 1")]);
  });

  it("of files that contradict each other changes nothing, but a token that is gone is unknown at once", async () => {
    await write("shop", entry("shop"));
    await write("ci", entry("ci"));
    const { later, warnings } = await open(access());
    await rm(folder.path("ci"));
    await write("twin", entry("shop"));
    expect(await later()).toEqual(["shop"]);
    expect(warnings()).toEqual([expect.stringContaining("holds the same token")]);
  });

  it("follows a mounted Secret, whose links are exchanged all at once", async () => {
    const version = async (name: string, who: Who) => {
      await mkdir(folder.path(name));
      await writeFile(folder.path(name, "token"), JSON.stringify(entry(who)));
    };
    await version("..1", "shop");
    await version("..2", "bank");
    await symlink("..1", folder.path("..data"));
    await symlink("..data/token", folder.path("token"));
    const { tokens, later } = await open(access());
    expect((await tokens.callerOf(secrets.shop))?.mayRead("shop")).toBe(true);
    await symlink("..2", folder.path("..next"));
    await rename(folder.path("..next"), folder.path("..data"));
    await later();
    expect(await tokens.callerOf(secrets.shop)).toBeNull();
    expect((await tokens.callerOf(secrets.bank))?.mayRead("bank")).toBe(true);
  });

  it("must be there at the start", async () => {
    expect(await problemsOf({ tokensFolder: folder.path("nowhere") })).toContain("nowhere cannot be read");
  });
});

it("a token in a file of its own is read again too, and is gone with the file", async () => {
  await write("token", `${secrets.ci}\n`);
  const token = { name: "ci", tokenFile: folder.path("token"), namespaces: ["*"] };
  const { known, later, warnings, tokens } = await open({ tokens: [token] });
  expect(await known()).toEqual(["ci"]);
  await write("token", `${secrets.shop}\n`);
  await later();
  expect(await tokens.callerOf(secrets.ci)).toBeNull();
  expect((await tokens.callerOf(secrets.shop))?.name).toBe("ci");
  await write("token", "short");
  expect(await later()).toEqual(["ci"]);
  await rm(folder.path("token"));
  expect(await later()).toEqual([]);
  expect(warnings()).toHaveLength(2);
});

it("nothing is read twice within a second, however many ask", async () => {
  await write("shop", entry("shop"));
  const { known, later } = await open({ tokensFolder: folder.path() });
  await known();
  await rm(folder.path("shop"));
  expect(await known()).toEqual(["shop"]);
  expect(await later()).toEqual([]);
});

it("a name that two sources give is refused at the start, with both places", async () => {
  await write("shop", entry("shop"));
  const tokens = [{ ...entry("ci"), name: "shop" }];
  const told = await problemsOf({ tokens, tokensFolder: folder.path() });
  expect(told).toContain(`${folder.path("shop")} entry 1.name: is that of access.tokens.0 too`);
});
