/** Service accounts as Kubernetes names those who hold their tokens. */
import { matcherOf } from "./token.ts";

/** A service account by its namespace and name. */
export interface ServiceAccount {
  readonly namespace: string;
  readonly name: string;
}

/** Which service accounts are meant: `namespace/name`, of which either part may be a prefix with an asterisk, or one alone. */
export const accountPattern = {
  pattern: /^(\*|[a-z0-9][a-z0-9-]{0,62}\*?)\/(\*|[a-z0-9][a-z0-9.-]{0,252}\*?)$/,
  wanted: "expected namespace/name of a service account, either with an asterisk at its end, such as ci/*",
} as const;

/** The account of a user name such as `system:serviceaccount:shop:deployer`; null if it is none. */
export function serviceAccountOf(username: string): ServiceAccount | null {
  const [, namespace, name] =
    /^system:serviceaccount:([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?):([a-z0-9][a-z0-9.-]{0,252})$/.exec(
      username,
    ) ?? [];
  return namespace === undefined || name === undefined ? null : { namespace, name };
}

/** Whether one of the patterns means the account. */
export function matcherOfAccounts(patterns: readonly string[]): (account: ServiceAccount) => boolean {
  const matchers = patterns.map((pattern) => {
    const [namespace = "", name = ""] = pattern.split("/");
    return { ofNamespace: matcherOf([namespace]), ofName: matcherOf([name]) };
  });
  return ({ namespace, name }) =>
    matchers.some(({ ofNamespace, ofName }) => ofNamespace(namespace) && ofName(name));
}
