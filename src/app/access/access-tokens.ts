/** Recognises callers by the tokens of the settings and their files. */
import { hash, timingSafeEqual } from "node:crypto";
import type { Caller } from "../../base/access.ts";
import type { Clock } from "../../base/clock.ts";
import type { Problem } from "../../base/errors.ts";
import type { Logger } from "../../base/logger.ts";
import { digestOf } from "../../base/token.ts";
import type { AccessSettings } from "../settings/access-settings.ts";
import { mostTokens } from "../settings/access-token-settings.ts";
import { atMostOnceASecond } from "../settings/read-small-file.ts";
import { unusableSettings } from "../settings/settings.ts";
import { type HeldToken, tokenSourceOf } from "./access-token-source.ts";

/** The tokens that a server knows. */
export interface Tokens {
  /** As of the last reading. */
  readonly count: number;
  /** Whoever holds the secret; null if nobody does. Takes as long for a wrong secret as for a right one. */
  callerOf(secret: string): Promise<Caller | null>;
}

/**
 * The tokens of the settings. Their files are read now, and again as callers
 * come, at most once a second: what was taken away is unknown from then on.
 * What cannot be understood then is logged once and changes nothing else.
 *
 * @throws CoalmineError invalid-settings with every problem and its path: a file
 *   that cannot be read or holds no fit token, a name or a token that two share.
 *   No problem tells a token.
 */
export async function openTokens(settings: AccessSettings, clock: Clock, logger: Logger): Promise<Tokens> {
  const read = tokenSourceOf(settings);
  const first = await read();
  const wrong = [...first.problems, ...problemsBetween(first.tokens)];
  if (wrong.length > 0) throw unusableSettings(wrong);
  let held = first.tokens;
  let told = "";

  async function readAgain(): Promise<void> {
    const { tokens, problems } = await read();
    const between = problemsBetween(tokens);
    const before = held;
    // Those that contradict each other cannot take effect, but what is gone does.
    held = between.length === 0 ? tokens : before.filter((one) => tokens.some((other) => isSame(one, other)));
    const all = [...problems, ...between];
    const telling = JSON.stringify(all);
    if (telling !== told && all.length > 0) {
      logger.warn(
        { problems: all },
        "tokens cannot be read again; those of before stay, but for what is gone",
      );
    }
    told = telling;
    if (held.length !== before.length || held.some((one, index) => one !== before[index])) {
      logger.info({ tokens: held.length }, "the tokens have changed");
    }
  }

  const isFixed =
    settings.tokensFile === undefined &&
    settings.tokensFolder === undefined &&
    settings.tokens.every(({ secret }) => secret.kind === "digest");
  const refresh = atMostOnceASecond(clock, readAgain);

  return {
    get count() {
      return held.length;
    },
    async callerOf(secret) {
      if (!isFixed) await refresh();
      const asked = hash("sha256", secret, "buffer");
      let found: Caller | null = null;
      // All of them, also after one that fits: how long it takes must not tell how far it came.
      for (const { digest, caller } of held) if (timingSafeEqual(digest, asked)) found = caller;
      return found;
    },
  };
}

function isSame(a: HeldToken, b: HeldToken): boolean {
  return a.digest.equals(b.digest);
}

function problemsBetween(held: readonly HeldToken[]): readonly Problem[] {
  const tooMany = { path: "access", message: `expected at most ${mostTokens} tokens; got ${held.length}` };
  return [
    ...(held.length > mostTokens ? [tooMany] : []),
    ...repeated(held, ({ caller }) => caller.name).map(([one, first]) => ({
      path: `${one.path}.name`,
      message: `is that of ${first.path} too; give each token a name of its own`,
    })),
    ...repeated(held, ({ digest }) => digest.toString("hex")).map(([one, first]) => ({
      path: one.path,
      message: `holds the same token as ${first.path}; give it one of its own, or join the two`,
    })),
    // A name is in logs.
    ...held
      .filter(({ digest, caller }) => digest.toString("hex") === digestOf(caller.name))
      .map(({ path }) => ({ path: `${path}.name`, message: "is the token itself, which logs would tell" })),
  ];
}

/** Those whose key one before them has, with that one. */
function repeated(
  held: readonly HeldToken[],
  keyOf: (token: HeldToken) => string,
): readonly (readonly [one: HeldToken, first: HeldToken])[] {
  return [...Map.groupBy(held, keyOf).values()].flatMap(([first, ...others]) =>
    first === undefined ? [] : others.map((one) => [one, first] as const),
  );
}
