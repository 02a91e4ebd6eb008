/** The headers of a request, as Node has them; of a header that came more than once, Node keeps the first. */
export interface AuthorizationHeaders {
  readonly authorization?: string | undefined;
}

/**
 * What the caller holds: a Bearer token (RFC 6750), or the password of Basic
 * credentials (RFC 7617). Whose password it is says nothing here, so the user
 * is not looked at; clients that know no password send the secret as the user.
 *
 * Null where there is no such header, and for one that is malformed: nobody is
 * recognised by half a secret.
 */
export function secretOf({ authorization }: AuthorizationHeaders): string | null {
  const [, scheme = "", credentials = ""] = /^([a-z]+) +([\x21-\x7e]+)$/i.exec(authorization ?? "") ?? [];
  switch (scheme.toLowerCase()) {
    case "bearer":
      return credentials;
    case "basic":
      return passwordOf(credentials);
    default:
      return null;
  }
}

function passwordOf(credentials: string): string | null {
  // Node decodes what it can of anything; an answer must not depend on what it skips.
  if (!/^[a-z0-9+/]+={0,2}$/i.test(credentials)) return null;
  const [, user, password] =
    /^([^:]*):(.*)$/s.exec(Buffer.from(credentials, "base64").toString("utf8")) ?? [];
  return password || user || null;
}
