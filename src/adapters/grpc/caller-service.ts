/** Further services of the server, which others bring: their methods answer bytes with bytes. */
import type { MethodDefinition, Server, UntypedServiceImplementation } from "@grpc/grpc-js";
import type { Caller } from "../../base/access.ts";
import { callerOf } from "./require-caller.ts";
import { type CallOptions, definitionOf, serveUnary } from "./serve-method.ts";

export interface CallerService {
  /** As in `coalmine.v1.MetricPluginService`. */
  readonly name: string;
  readonly methods: readonly CallerMethod[];
}

export interface CallerMethod {
  /** As HTTP/2 has it: `/coalmine.v1.MetricPluginService/Run`. */
  readonly path: string;
  /** @throws CoalmineError invalid-request for what cannot be read, forbidden for what the caller may not. */
  answer(request: Buffer, caller: Caller): Promise<Buffer>;
}

/** Puts the service on the server, with the same limits and statuses as its own. */
export function addCallerService(
  server: Server,
  { methods }: CallerService,
  options: Omit<CallOptions<never>, "contextOf">,
): void {
  const definitions: Record<string, MethodDefinition<Buffer, Buffer>> = {};
  const served: UntypedServiceImplementation = {};
  const contextOf: CallOptions<Caller>["contextOf"] = ({ metadata }) => callerOf(metadata);
  for (const { path, answer } of methods) {
    const method = { path, streams: false, decode: asItIs, encode: asItIs };
    definitions[path] = definitionOf(method);
    served[path] = serveUnary(method, { ...options, contextOf }, answer);
  }
  server.addService(definitions, served);
}

function asItIs(bytes: Buffer): Buffer {
  return bytes;
}
