/** What a net/rpc server can do: tables of methods. */

import type { GoType } from "../gob/go-type.ts";
import type { GobValue } from "../gob/gob-value.ts";

/** One method, as `func (t *T) Name(args A, reply *B) error` is in Go. */
export interface RpcMethod {
  /** The Go type of the reply: what the client decodes into. */
  readonly reply: GoType;
  /**
   * Answers a call. Calls are made as they come, whether or not those before
   * are answered.
   *
   * @param args As the client sent them: gob says its own types, so nothing has
   *   been checked, and a field with Go's zero value is absent.
   * @param signal Aborts when the client has gone: nobody waits for the answer any more.
   * @throws Error what the client is told: its message, in one line.
   */
  handle(args: GobValue, signal: AbortSignal): GobValue | Promise<GobValue>;
}

/** Methods by name. */
export type RpcMethods = Readonly<Record<string, RpcMethod>>;

/** Services by name; a client calls `Service.Method`. */
export type RpcServices = Readonly<Record<string, RpcMethods>>;

/**
 * The method that a client means, or in the words of net/rpc why there is none
 * (readRequestHeader in server.go).
 */
export function findMethod(services: RpcServices, serviceMethod: string): RpcMethod | string {
  const dot = serviceMethod.lastIndexOf(".");
  if (dot < 0) return `rpc: service/method request ill-formed: ${serviceMethod}`;
  const service = ownEntry(services, serviceMethod.slice(0, dot));
  if (service === undefined) return `rpc: can't find service ${serviceMethod}`;
  return ownEntry(service, serviceMethod.slice(dot + 1)) ?? `rpc: can't find method ${serviceMethod}`;
}

/** Only what the table itself holds: `constructor` is no method. */
function ownEntry<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
