import { describe, expect, it } from "vitest";
import {
  secretsOf,
  withoutSecrets,
  wordsWithoutSecrets,
} from "../../../src/sources/prometheus/hide-secrets.ts";

const basic = Buffer.from("reader:hunter2-of-mimir").toString("base64");
const headers = { authorization: `Basic ${basic}`, "X-Scope-OrgID": "shop-team", "X-Short": "shop" };

const answer = (status: number, text: string) => ({
  status,
  headers: { retryAfter: "", date: "", contentType: "", contentEncoding: "" },
  body: Buffer.from(text),
});
const told = (status: number, text: string) =>
  withoutSecrets(answer(status, text), secretsOf(headers)).body.toString();

describe("what a server repeats of a request", () => {
  it("is left out of its refusals: credentials, passwords, and headers", () => {
    expect(told(500, `you sent ${basic}, which is hunter2-of-mimir, to shop-team of shop`)).toBe(
      "you sent [hidden], which is [hidden], to [hidden] of shop",
    );
    const bearer = { authorization: "Bearer hunter2-of-mimir" };
    const { body } = withoutSecrets(answer(502, "Authorization: Bearer hunter2-of-mimir"), secretsOf(bearer));
    expect(body.toString()).toBe("Authorization: Bearer [hidden]");
  });

  it("is left out of its warnings too, as far as it is no word of samples", () => {
    expect(told(200, `{"warnings":["${basic}"],"data":"shop-team"}`)).toBe(
      '{"warnings":["[hidden]"],"data":"shop-team"}',
    );
    const words = `a store is away (${basic} of shop-team of shop)`;
    expect(wordsWithoutSecrets(words, secretsOf(headers))).toBe(
      "a store is away ([hidden] of [hidden] of shop)",
    );
  });
});

it("an answer that repeats nothing stays as it is, bytes that are no text too", () => {
  const untouched = { ...answer(500, ""), body: Buffer.from([0xff, 0x00, 0xfe]) };
  expect(withoutSecrets(untouched, secretsOf(headers))).toBe(untouched);
});
