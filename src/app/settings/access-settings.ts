/** What an operator can set about who may ask. No problem that is told here repeats what was written: it may be a secret. */
import * as z from "zod";
import { accountPattern } from "../../base/service-account.ts";
import { mostTokens, namespaceList, scopeList, tokenSchema, unshown } from "./access-token-settings.ts";

const path = z.string("expected a path").min(1, "expected a path");

/** Kubernetes' service accounts, and what each may do. */
const serviceAccountSettings = unshown(
  {
    /** Only tokens that were made for it are looked at. */
    audience: z
      .string("expected text; put it in quotes")
      .regex(/^[\x21-\x7e]{1,253}$/, "expected one word of ASCII, at most 253 characters")
      .default("coalmine"),
    scopes: scopeList,
    namespaces: z
      .union(
        [z.literal("own"), namespaceList],
        'expected own, or a list of namespaces, such as [shop, "team-*"]',
      )
      .default("own"),
    allow: z
      .array(
        z.string("expected text").regex(accountPattern.pattern, accountPattern.wanted),
        'expected a list of service accounts, such as ["shop/deployer", "ci/*"]',
      )
      .min(1, "names no service account; leave it out to let all of them ask, or leave serviceAccounts out")
      .max(1_000, "expected at most 1000 service accounts")
      .default(() => ["*/*"]),
  },
  "a map with audience, scopes, namespaces and allow; {} takes their defaults",
);

export type ServiceAccountSettings = z.output<typeof serviceAccountSettings>;

const accessKeys = {
  mode: z.enum(["on", "off"], "expected on or off").default("on"),
  tokens: z
    .array(tokenSchema, "expected a list of tokens")
    .min(1, "names no token, so nobody could ask; to do without access control, write access: {mode: off}")
    .max(mostTokens, `expected at most ${mostTokens} tokens`)
    .optional(),
  tokensFile: path.optional(),
  tokensFolder: path.optional(),
  serviceAccounts: serviceAccountSettings.optional(),
} as const;

/** `access` of the settings; without it there is no access control, and nobody but this machine may reach the server. */
export const accessSettings = unshown(
  accessKeys,
  "a map with tokens, tokensFile, tokensFolder or serviceAccounts; to do without access control, {mode: off}",
).transform(({ mode, tokens, tokensFile, tokensFolder, serviceAccounts }, context) => {
  const isAnything = [tokens, tokensFile, tokensFolder, serviceAccounts].some((one) => one !== undefined);
  if (isAnything === (mode === "on")) {
    const settings = { mode, tokens: tokens ?? [], tokensFile, tokensFolder, serviceAccounts };
    return settings;
  }
  const message = isAnything
    ? "is off and names who may ask: leave out one of the two"
    : "names nobody who may ask: give tokens, tokensFile, tokensFolder or serviceAccounts, or {mode: off}";
  context.addIssue({ code: "custom", message });
  return z.NEVER;
});

export type AccessSettings = z.output<typeof accessSettings>;
