/** One token as an operator writes it. No problem that is told here repeats what was written: it may be a secret. */
import * as z from "zod";
import { suggestion } from "../../analysis/spec/nearest-word.ts";
import { scopes } from "../../base/access.ts";
import { digestOf, namespacePattern, shortestSecret, tokenName, wrongSecret } from "../../base/token.ts";

/** So many are told apart; more would be looked through at every request. */
export const mostTokens = 1_000;

const text = z.string("expected text; put it in quotes");

/** What a caller may do; both unless given. */
export const scopeList = z
  .array(z.enum(scopes, "expected read or write"), "expected a list, such as [read, write]")
  .min(1, "names no scope, so it would be of no use")
  .default(() => [...scopes]);

/** Where a caller may act. */
export const namespaceList = z
  .array(
    z
      .string('expected text, for instance "*" in quotes')
      .regex(namespacePattern.pattern, namespacePattern.wanted),
    'expected a list of namespaces, such as [shop, "team-*"]',
  )
  .min(1, "names no namespace, so it would be of no use")
  .max(1_000, "expected at most 1000 namespaces");

const tokenKeys = {
  name: text.regex(tokenName.pattern, tokenName.wanted),
  token: text.optional(),
  tokenFile: z.string("expected the path of a file").min(1, "expected the path of a file").optional(),
  sha256: text
    .regex(
      /^[0-9a-f]{64}$/i,
      "expected the 64 hex digits of a token's SHA-256, as `coalmine token create` tells it",
    )
    .optional(),
  namespaces: namespaceList,
  scopes: scopeList,
} as const;

/** A token with what is to be known of its secret: the digest, or the file that holds it. */
export const tokenSchema = unshown(
  tokenKeys,
  "a map with name, token, tokenFile or sha256, and namespaces",
).transform(({ token, tokenFile, sha256, ...entry }, context) => {
  const problem = (message: string, ...path: string[]) =>
    void context.addIssue({ code: "custom", message, path });
  const given = [token, tokenFile, sha256].filter((one) => one !== undefined);
  if (given.length !== 1) problem("needs one of token, tokenFile and sha256");
  const wrong = token === undefined ? null : wrongSecret(token);
  if (wrong !== null) problem(wrong, "token");
  if (given.length !== 1 || wrong !== null) return z.NEVER;
  const digest = token === undefined ? sha256?.toLowerCase() : digestOf(token);
  const secret =
    digest === undefined
      ? ({ kind: "file", path: tokenFile ?? "" } as const)
      : ({ kind: "digest", digest } as const);
  return { ...entry, secret };
});

export type TokenSettings = z.output<typeof tokenSchema>;

/** A map whose problems show no value; nor a key that is as long as a secret may be. */
export function unshown<Shape extends z.ZodRawShape>(shape: Shape, wanted: string) {
  const known = Object.keys(shape);
  const unknown = (value: unknown) => Object.keys(Object(value)).filter((key) => !known.includes(key));
  return z.looseObject(shape, `expected ${wanted}`).refine((value) => unknown(value).length === 0, {
    error: ({ input }) =>
      unknown(input)
        .map((key) => unknownKey(key, known))
        .join("; "),
    // Beside what is wrong with the known keys, not after it.
    when: ({ value }) => typeof value === "object" && value !== null,
  });
}

function unknownKey(key: string, known: readonly string[]): string {
  if (key.length < shortestSecret) return `unknown key \`${key}\`; ${suggestion(key, known)}`;
  return `unknown key of ${key.length} characters; known: ${known.join(", ")}`;
}
