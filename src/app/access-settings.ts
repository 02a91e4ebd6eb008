/** What an operator can set about who may ask. No problem that is told here repeats what was written: it may be a secret. */
import { hash } from "node:crypto";
import * as z from "zod";
import { suggestion } from "../analysis/spec/nearest-word.ts";

/** SHA-256 of a secret: what is kept of it, so that no log and no dump can hold the secret itself. */
export function digestOf(secret: string): string {
  return hash("sha256", secret);
}

/** What is wrong with a secret as it was given; null if nothing is. It goes through HTTP headers, so it is one word of ASCII. */
export function wrongSecret(secret: string): string | null {
  if (secret.length < shortestSecret) {
    return `is shorter than ${shortestSecret} characters, which can be guessed; \`openssl rand -hex 32\` makes a good one`;
  }
  if (secret.length > longestSecret) return `is longer than ${longestSecret} characters`;
  return /^[\x21-\x7e]+$/.test(secret) ? null : "must be one word of ASCII, without spaces or line breaks";
}

const shortestSecret = 16;
const longestSecret = 4_096;

const tokenKeys = {
  /** For logs, and for whoever asks who opened a gate. */
  name: z
    .string("expected text; put it in quotes")
    .regex(/^[\w.@:/-]{1,63}$/, "expected 1 to 63 of letters, digits and . _ @ : / -"),
  token: z.string("expected text; put it in quotes").optional(),
  tokenFile: z.string("expected the path of a file").min(1, "expected the path of a file").optional(),
  namespaces: z
    .array(
      z
        .string('expected text, for instance "*" in quotes')
        .regex(
          /^(\*|[a-z0-9][a-z0-9-]{0,62}\*?)$/,
          "expected a namespace, a prefix with an asterisk such as team-*, or * for all",
        ),
      'expected a list of namespaces, such as [shop, "team-*"]',
    )
    .min(1, "names no namespace, so the token would be of no use")
    .max(1_000, "expected at most 1000 namespaces"),
} as const;

const tokenSchema = unshown(tokenKeys, "a map with name, token or tokenFile, and namespaces").transform(
  ({ name, token, tokenFile, namespaces }, context) => {
    const problem = (message: string, ...path: string[]) =>
      void context.addIssue({ code: "custom", message, path });
    const isOne = (token === undefined) !== (tokenFile === undefined);
    if (!isOne) problem("needs either token or tokenFile");
    const wrong = token === undefined ? null : wrongSecret(token);
    if (wrong !== null) problem(wrong, "token");
    if (!isOne || wrong !== null) return z.NEVER;
    const secret =
      token === undefined
        ? ({ kind: "file", path: tokenFile ?? "" } as const)
        : ({ kind: "digest", digest: digestOf(token) } as const);
    return { name, namespaces, secret };
  },
);

/** `access` of the settings; without it there is no access control. */
export const accessSettings = unshown(
  {
    tokens: z
      .array(tokenSchema, "expected a list of tokens")
      .min(1, "names no token, so nobody could ask; leave access out to do without access control")
      .max(1_000, "expected at most 1000 tokens"),
  },
  "a map with tokens",
);

/** Each token with what is to be known of it: its digest, or the file that holds it. */
export type AccessSettings = z.output<typeof accessSettings>;

/** A map whose problems show no value; nor a key that is as long as a secret may be. */
function unshown<Shape extends z.ZodRawShape>(shape: Shape, wanted: string) {
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
