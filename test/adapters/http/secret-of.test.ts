import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { secretOf } from "../../../src/adapters/http/secret-of.ts";

const encoded = (credentials: string | Uint8Array) => Buffer.from(credentials).toString("base64");
const basic = (credentials: string) => `Basic ${encoded(credentials)}`;

describe("the secret of a request", () => {
  it.each([
    ["a Bearer token", "Bearer s3cr3t.of-shop/1+2=", "s3cr3t.of-shop/1+2="],
    ["the scheme in any letters", "bEARER s3cr3t", "s3cr3t"],
    ["several blanks after the scheme", "Bearer   s3cr3t", "s3cr3t"],
    ["the password of Basic", basic("flagger:s3cr3t"), "s3cr3t"],
    ["the password, whoever the user", basic(":s3cr3t"), "s3cr3t"],
    ["a password with colons", basic("me:s3:cr3t:"), "s3:cr3t:"],
    ["the user, where the password is empty", basic("s3cr3t:"), "s3cr3t"],
    ["a password outside of ASCII", basic("me:gehöim"), "gehöim"],
  ])("is %s", (_, authorization, secret) => {
    expect(secretOf({ authorization })).toBe(secret);
  });

  it.each([
    ["there is no header", undefined],
    ["it is empty", ""],
    ["the scheme stands alone", "Bearer"],
    ["the token is blank", "Bearer "],
    ["there are two words", "Bearer one two"],
    ["the scheme is another", "Digest s3cr3t"],
    ["there is no scheme", "s3cr3t"],
    ["the token is not of visible ASCII", "Bearer s3cr3\u0000t"],
    ["Basic is no base64", "Basic s3cr3t!"],
    ["Basic has base64 after its padding", "Basic YTpi=YTpi"],
    ["Basic has no colon", basic("s3cr3t")],
    ["Basic has neither user nor password", basic(":")],
    ["two headers were joined", `${basic("a:b")}, ${basic("c:d")}`],
  ])("is null where %s", (_, authorization) => {
    expect(secretOf({ authorization })).toBeNull();
  });

  it("is never an empty text, whatever the header", () => {
    const header = fc.oneof(fc.string(), fc.uint8Array().map(encoded), fc.string().map(encoded));
    const scheme = fc.constantFrom("Bearer ", "Basic ", "");
    fc.assert(
      fc.property(scheme, header, (word, text) => {
        expect(secretOf({ authorization: `${word}${text}` })).not.toBe("");
      }),
      { seed: 6 },
    );
  });
});
