/** Recognises callers by the tokens of their service accounts, which the cluster is asked about (TokenReview). */
import * as z from "zod";
import type { ApiConnection } from "../../adapters/kubernetes/api-exchange.ts";
import { parseJson } from "../../adapters/kubernetes/parse-json.ts";
import { codeOf } from "../../adapters/kubernetes/read-held.ts";
import { type ApiAsk, refusalOf } from "../../adapters/kubernetes/refusal.ts";
import type { Caller } from "../../base/access.ts";
import type { Clock } from "../../base/clock.ts";
import { CoalmineError } from "../../base/errors.ts";
import { matcherOfAccounts, type ServiceAccount, serviceAccountOf } from "../../base/service-account.ts";
import { callerWith, digestOf, matcherOf } from "../../base/token.ts";
import type { ServiceAccountSettings } from "../settings/access-settings.ts";
import { ExpiringCache } from "./token-review-cache.ts";
import { readTokenClaims } from "./token-review-claims.ts";

/** How long an answer is good: a token that is taken back is known that long, and a binding that is new takes that long. */
const knownMs = 60_000;
const unknownMs = 10_000;

/** Of each, so that tokens that nobody made do not push out those that are known. */
const mostRemembered = 1_000;

/** Reviews under way. More would take the API from others, and whoever makes up tokens could ask for that. */
const mostReviews = 32;

export interface TokenReviewOptions {
  readonly settings: ServiceAccountSettings;
  readonly api: Pick<ApiConnection, "post">;
  /** Where the API is, for messages. */
  readonly server: string;
  readonly clock: Clock;
}

/** Those who hold a service account's token. */
export interface ServiceAccounts {
  /**
   * Whoever holds the token; null if it is none of a service account that may
   * ask. The cluster sees tokens that were made for the audience and nothing else.
   *
   * @throws CoalmineError source-unavailable if the cluster does not answer,
   *   invalid-settings if it refuses to review tokens.
   */
  callerOf(token: string): Promise<Caller | null>;
}

export function createServiceAccounts({ settings, api, server, clock }: TokenReviewOptions): ServiceAccounts {
  const known = new ExpiringCache<Caller>(clock, mostRemembered);
  const unknown = new ExpiringCache<true>(clock, mostRemembered);
  const underWay = new Map<string, Promise<Caller | null>>();
  const isAllowed = matcherOfAccounts(settings.allow);

  async function review(token: string, digest: string): Promise<Caller | null> {
    const account = await ask(token);
    const now = clock.now();
    if (account === null || !isAllowed(account)) {
      unknown.put(digest, true, now + unknownMs);
      return null;
    }
    const caller = callerFor(account, settings);
    // Whether it has expired is asked each time.
    known.put(digest, caller, now + knownMs);
    return caller;
  }

  async function ask(token: string): Promise<ServiceAccount | null> {
    const body = {
      apiVersion: "authentication.k8s.io/v1",
      kind: "TokenReview",
      spec: { token, audiences: [settings.audience] },
    };
    const post = () => api.post("/apis/authentication.k8s.io/v1/tokenreviews", body);
    const answer = await post().catch((error: unknown) => {
      // The server may have closed an idle connection just as it was taken; to review twice does no harm.
      if (error instanceof CoalmineError && codeOf(error.cause) === "UND_ERR_SOCKET") return post();
      throw error;
    });
    if (answer.status !== 200 && answer.status !== 201) throw refusalOf(answer, server, createReview);
    return accountOf(answer.body, settings.audience);
  }

  return {
    async callerOf(token) {
      const claims = readTokenClaims(token);
      if (claims === null || !claims.audiences.includes(settings.audience)) return null;
      if (claims.expiresAt <= clock.now() || !isAllowed(claims.account)) return null;
      const digest = digestOf(token);
      const remembered = known.get(digest);
      if (remembered !== undefined) return remembered;
      if (unknown.get(digest) !== undefined) return null;
      const asked = underWay.get(digest);
      if (asked !== undefined) return await asked;
      if (underWay.size >= mostReviews) throw tooMany();
      const reviewing = review(token, digest).finally(() => underWay.delete(digest));
      underWay.set(digest, reviewing);
      return await reviewing;
    },
  };
}

function callerFor({ namespace, name }: ServiceAccount, settings: ServiceAccountSettings): Caller {
  const namespaces = settings.namespaces === "own" ? [namespace] : settings.namespaces;
  return callerWith(shownName({ namespace, name }), matcherOf(namespaces), settings.scopes);
}

/** As long as who opened a gate may be. */
const longestName = 100;

function shownName({ namespace, name }: ServiceAccount): string {
  const whole = `system:serviceaccount:${namespace}:${name}`;
  return whole.length <= longestName ? whole : `${whole.slice(0, longestName - 1)}…`;
}

const reviewSchema = z.object({
  kind: z.literal("TokenReview"),
  status: z.object({
    authenticated: z.boolean().default(false),
    audiences: z.array(z.string()).nullish(),
    user: z.object({ username: z.string().default("") }).nullish(),
  }),
});

/** A cluster that does not say for whom it found the token good did not look at that. */
function accountOf(body: string, audience: string): ServiceAccount | null {
  const read = reviewSchema.safeParse(parseJson(body));
  if (!read.success) {
    throw new CoalmineError(
      "source-unavailable",
      "the Kubernetes API answers something that is no TokenReview",
    );
  }
  const { authenticated, audiences, user } = read.data.status;
  if (!authenticated || audiences?.includes(audience) !== true) return null;
  return serviceAccountOf(user?.username ?? "");
}

function tooMany(): CoalmineError {
  return new CoalmineError("source-unavailable", `${mostReviews} tokens are being reviewed; ask again`);
}

const createReview: ApiAsk = {
  verb: "create",
  resource: "tokenreviews",
  apiGroup: "authentication.k8s.io",
  version: "v1",
  namespace: "",
  act: "review tokens",
  loss: "no service account is known",
  account: "the server's service account",
  remedy: "Bind it to the ClusterRole system:auth-delegator (plugins/flagger/server/token-review.yaml)",
  notInstalled: "its version of TokenReview is another",
};
