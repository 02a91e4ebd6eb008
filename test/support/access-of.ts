import type { Access, Caller, Scope } from "../../src/base/access.ts";

/** A caller that may do these things in these namespaces; by default everything in `shop`. */
export function callerNamed(
  name: string,
  { namespaces = ["shop"], scopes = ["read", "write"] }: Partial<CallerRights> = {},
): Caller {
  const may = (scope: Scope) => (namespace: string) =>
    scopes.includes(scope) && namespaces.includes(namespace);
  return { name, mayRead: may("read"), mayWrite: may("write") };
}

export interface CallerRights {
  readonly namespaces: readonly string[];
  readonly scopes: readonly Scope[];
}

/** Access by secrets that a test says in plain; each is its caller's name too, and has the rights listed, both scopes if none are. */
export function accessOf(
  rightsBySecret: Readonly<Record<string, readonly string[] | Partial<CallerRights>>>,
): Access {
  return {
    isOn: true,
    async callerOf(secret) {
      const rights = secret === null ? undefined : rightsBySecret[secret];
      if (secret === null || rights === undefined) return null;
      return callerNamed(secret, isList(rights) ? { namespaces: rights } : rights);
    },
  };
}

function isList(value: unknown): value is readonly string[] {
  return Array.isArray(value);
}
