/** docs/grpc.md is held to the code: its methods, its settings and the status of every error. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { status } from "@grpc/grpc-js";
import { expect, it } from "vitest";
import { loadMethods } from "../../src/adapters/grpc/contract.ts";
import { grpcStatus } from "../../src/adapters/grpc/grpc-status.ts";
import { grpcSettings } from "../../src/app/settings/grpc-settings.ts";

const page = readFileSync(join(import.meta.dirname, "../../docs/grpc.md"), "utf8");

/** The cells of the table with this heading row. */
function tableUnder(heading: string): readonly (readonly string[])[] {
  const [, rest = ""] = page.split(`\n| ${heading} |\n`);
  const lines = rest.split("\n");
  const end = lines.findIndex((line) => !line.startsWith("|"));
  return lines.slice(1, end).map((line) =>
    line
      .slice(1, -1)
      .split("|")
      .map((cell) => cell.trim()),
  );
}

const words = (cell = "") => [...cell.matchAll(/`([^`]+)`/g)].map(([, word]) => word ?? "");

it("tells every method and no other", async () => {
  const told = tableUnder("method | takes | answers").flatMap(([name]) => words(name));
  expect(told).toEqual(Object.keys(await loadMethods()));
});

it("tells the status of every error and of no other", () => {
  const told = tableUnder("code | status | beside").map(([code, name]) => [words(code)[0], name]);
  const known = Object.entries(grpcStatus).map(([code, number]) => [code, status[number]]);
  expect(Object.fromEntries(told)).toEqual(Object.fromEntries(known));
});

it("tells every setting with its default", () => {
  const rows = tableUnder("key | default | what it is");
  const keys = rows.flatMap(([key]) => words(key));
  const { tls, ...rest } = grpcSettings.shape;
  const ofTls = Object.keys(tls.unwrap().shape).map((key) => `tls.${key}`);
  expect(keys.toSorted()).toEqual([...Object.keys(rest), ...ofTls].toSorted());
  const { host, port, plaintextTokens, maxMessageBytes } = grpcSettings.parse({});
  const defaults = [`\`${host}\`, ${port}`, String(plaintextTokens), String(maxMessageBytes)];
  expect(rows.map(([, usual]) => usual)).toEqual(expect.arrayContaining(defaults));
});
