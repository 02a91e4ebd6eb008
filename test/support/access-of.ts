import type { Access } from "../../src/base/access.ts";

/** Access by secrets that a test says in plain; each is its caller's name too, and may act in the namespaces listed. */
export function accessOf(namespacesBySecret: Readonly<Record<string, readonly string[]>>): Access {
  return {
    isOn: true,
    callerOf(secret) {
      const namespaces = secret === null ? undefined : namespacesBySecret[secret];
      if (secret === null || namespaces === undefined) return null;
      return { name: secret, mayActIn: (namespace) => namespaces.includes(namespace) };
    },
  };
}
