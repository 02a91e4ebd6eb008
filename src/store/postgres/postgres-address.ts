import { CoalmineError } from "../../base/errors.ts";

const wanted =
  "the address of the database: expected postgres://USER:PASSWORD@HOST:PORT/DATABASE, with special characters " +
  "of the password as percent codes (@ is %40, / is %2F)";

/**
 * Where the database is, for messages: host, port and name, never what stands
 * before the @ or after the ?, where passwords are.
 *
 * @throws CoalmineError invalid-settings that does not repeat what was given.
 */
export function postgresAddress(url: string): string {
  const parsed = URL.parse(url);
  if (parsed === null || !isAddress(parsed)) throw new CoalmineError("invalid-settings", wanted);
  const { hostname, port, pathname } = parsed;
  return `${hostname === "" ? "this machine" : hostname}:${port === "" ? 5432 : port}${pathname}`;
}

/** A password with a bare `/`, `?` or `#` reads as a host, a port and a path: what is left of it shows by its @. */
function isAddress({ protocol, username, password, pathname, search, hash }: URL): boolean {
  return (
    /^postgres(ql)?:$/.test(protocol) &&
    /^(\/[^/@]*)?$/.test(pathname) &&
    !search.includes("@") &&
    hash === "" &&
    [username, password, pathname].every(isDecodable)
  );
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
