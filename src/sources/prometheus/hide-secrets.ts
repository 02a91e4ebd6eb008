/** Takes what was sent as a secret out of what a server answers: it may repeat it, and its words go into verdicts. */
import type { HttpAnswer } from "./exchange.ts";

/** What is shorter is found by chance in labels and words. */
const shortestSecret = 8;

/**
 * The answer without the secrets. In a result that is whole only the
 * credentials are looked for: a password or a tenant may well be the name of a
 * service too, and samples must stay what they are.
 *
 * @param headers of the request; of `authorization` the credentials count, without the scheme.
 */
export function withoutSecrets(answer: HttpAnswer, headers: Readonly<Record<string, string>>): HttpAnswer {
  const credentials = (headers["authorization"] ?? "").replace(/^\S+ /, "");
  const others = [...Object.values(headers), passwordOf(headers["authorization"])];
  const secrets = answer.status === 200 ? [credentials] : [credentials, ...others];
  const told = secrets.filter((secret) => secret.length >= shortestSecret && answer.body.includes(secret));
  if (told.length === 0) return answer;
  const text = told.reduce(
    (rest, secret) => rest.replaceAll(secret, "[hidden]"),
    answer.body.toString("utf8"),
  );
  return { ...answer, body: Buffer.from(text) };
}

function passwordOf(authorization = ""): string {
  const [, credentials = ""] = /^Basic (.*)$/.exec(authorization) ?? [];
  const [, password = ""] = /^[^:]*:(.*)$/s.exec(Buffer.from(credentials, "base64").toString("utf8")) ?? [];
  return password;
}
