/** What a service account's token says of itself: enough to know whether it is worth asking the cluster about. */
import * as z from "zod";
import { safeParse } from "../../base/safe-parse.ts";
import { type ServiceAccount, serviceAccountOf } from "../../base/service-account.ts";

/** None of it is to be believed before the cluster has said that the token is genuine. */
export interface TokenClaims {
  readonly account: ServiceAccount;
  readonly audiences: readonly string[];
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** Those of Kubernetes have about a thousand characters. */
const longestToken = 8_192;

const payloadSchema = z.object({
  aud: z.union([z.string().transform((one) => [one]), z.array(z.string()).max(100)]),
  exp: z.number().int().positive(),
  sub: z.string().max(400),
});

/** Reads a JSON Web Token (RFC 7519) as a cluster makes them for service accounts; null for anything else. */
export function readTokenClaims(token: string): TokenClaims | null {
  if (token.length > longestToken) return null;
  const [, payload] = /^[\w-]+\.([\w-]+)\.[\w-]+$/.exec(token) ?? [];
  if (payload === undefined) return null;
  const claims = safeParse(payloadSchema, parseOrNull(Buffer.from(payload, "base64url").toString("utf8")));
  if (!claims.success) return null;
  const { sub, aud, exp } = claims.data;
  const account = serviceAccountOf(sub);
  return account === null ? null : { account, audiences: aud, expiresAt: exp * 1_000 };
}

function parseOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
