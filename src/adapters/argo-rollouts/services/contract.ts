/** The plugin services of proto/coalmine/v1: for a server of them, and for a plugin that asks one. */
import { fromJSON, type MethodDefinition } from "@grpc/proto-loader";
import { contractJson } from "./contract-json.ts";
import type { MetricPluginService, StepPluginService } from "./messages.ts";

/** One method: where it is called, and its messages from and to bytes. */
export interface ServiceMethod<Request, Response> {
  /** As HTTP/2 has it: `/coalmine.v1.MetricPluginService/Run`. */
  readonly path: string;
  encodeRequest(message: Request): Buffer;
  /** @throws Error if the bytes are no such message. */
  decodeRequest(bytes: Buffer): Request;
  encodeResponse(message: Response): Buffer;
  /** @throws Error if the bytes are no such message. */
  decodeResponse(bytes: Buffer): Response;
}

/** What `npm run proto` writes of a service. */
type Described<Service> = {
  readonly [Name in keyof Service]: { readonly request: object; readonly response: object };
};

/** The methods of a service by name. */
export type ServiceMethods<Service extends Described<Service>> = {
  readonly [Name in keyof Service]: ServiceMethod<Service[Name]["request"], Service[Name]["response"]>;
};

export const metricServiceName = "coalmine.v1.MetricPluginService";
export const stepServiceName = "coalmine.v1.StepPluginService";

const loaded = fromJSON(contractJson, { longs: Number, enums: String, defaults: true });

export const metricMethods = methodsOf<MetricPluginService>(metricServiceName);
export const stepMethods = methodsOf<StepPluginService>(stepServiceName);

function methodsOf<Service extends Described<Service>>(name: string): ServiceMethods<Service> {
  const service = loaded[name];
  // What a service holds it holds by the names of its methods; a message or an enum has a `format`.
  if (service === undefined || "format" in service) throw new TypeError(`the contract has no ${name}`);
  const methods = Object.entries(service).map(([method, definition]) => [method, methodOf(definition)]);
  // proto-loader knows no types. messages.ts is written from the same files, which a test holds it to.
  return Object.fromEntries(methods) as ServiceMethods<Service>;
}

function methodOf(definition: MethodDefinition<object, object>): ServiceMethod<object, object> {
  return {
    path: definition.path,
    encodeRequest: definition.requestSerialize,
    decodeRequest: definition.requestDeserialize,
    encodeResponse: definition.responseSerialize,
    decodeResponse: definition.responseDeserialize,
  };
}
