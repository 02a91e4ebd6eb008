/** Takes what was sent as a secret out of what a server answers: it may repeat it, and its words go into verdicts. */
import type { HttpAnswer } from "./exchange.ts";

/** What is shorter is found by chance in labels and words. */
const shortestSecret = 8;

/** What a request's headers hold that nobody else should read. */
export interface SentSecrets {
  /** Of `authorization`, without its scheme. */
  readonly credentials: string;
  readonly others: readonly string[];
}

export function secretsOf(headers: Readonly<Record<string, string>>): SentSecrets {
  const { authorization } = headers;
  const credentials = (authorization ?? "").replace(/^\S+ /, "");
  return { credentials, others: [...Object.values(headers), passwordOf(authorization)] };
}

/**
 * The answer without the secrets. In a result that is whole only the
 * credentials are looked for: a password or a tenant may well be the name of a
 * service too, and samples must stay what they are.
 */
export function withoutSecrets(answer: HttpAnswer, { credentials, others }: SentSecrets): HttpAnswer {
  const secrets = answer.status === 200 ? [credentials] : [credentials, ...others];
  const isTold = secrets.some((secret) => secret.length >= shortestSecret && answer.body.includes(secret));
  return isTold ? { ...answer, body: Buffer.from(hide(answer.body.toString("utf8"), secrets)) } : answer;
}

/** Words for people, without any of the secrets. */
export function wordsWithoutSecrets(words: string, { credentials, others }: SentSecrets): string {
  return hide(words, [credentials, ...others]);
}

function hide(text: string, secrets: readonly string[]): string {
  const long = secrets.filter((secret) => secret.length >= shortestSecret);
  return long.reduce((rest, secret) => rest.replaceAll(secret, "[hidden]"), text);
}

function passwordOf(authorization = ""): string {
  const [, credentials = ""] = /^Basic (.*)$/.exec(authorization) ?? [];
  const [, password = ""] = /^[^:]*:(.*)$/s.exec(Buffer.from(credentials, "base64").toString("utf8")) ?? [];
  return password;
}
