/**
 * A plugin for hosts that use hashicorp/go-plugin, without Go: over net/rpc, the
 * protocol of Argo Rollouts' metric and step plugins, or over gRPC.
 *
 * `servePlugin` and `serveGrpcPlugin` are the whole program: they take the
 * process over, and do not return. Over net/rpc a plugin is a function that
 * gives a table of methods, which the host calls as `Plugin.<name>`; over gRPC
 * it is services of @grpc/grpc-js.
 */

export type { Clock } from "../../base/clock.ts";
export type { Logger } from "../../base/logger.ts";
export { goTimeOfValue } from "../gob/decoded-time.ts";
export { isBytes, isInterface, isList, isMap, isStruct } from "../gob/given-value.ts";
export { type GoTime, zeroGoTime } from "../gob/go-time.ts";
export {
  type ArrayType,
  type BasicType,
  embeddedTime,
  type GoField,
  type GoType,
  goBool,
  goBytes,
  goFloat,
  goInt,
  goString,
  goTime,
  goUint,
  type InterfaceType,
  type MapType,
  type OpaqueType,
  type PointerType,
  type SliceType,
  type StructType,
} from "../gob/go-type.ts";
export type { GobInterface, GobStruct, GobValue } from "../gob/gob-value.ts";
export { errorText } from "../net-rpc/error-text.ts";
export { emptyStruct } from "../net-rpc/rpc-message.ts";
export type { RpcMethod, RpcMethods } from "../net-rpc/rpc-method.ts";
export { defaultRpcLimits, type RpcLimits } from "../net-rpc/serve-rpc.ts";
export { type BytesMethod, bytesService } from "./grpc/bytes-service.ts";
export type { GrpcPluginOptions, GrpcService } from "./grpc/grpc-plugin-options.ts";
export { serveGrpcPlugin } from "./grpc/serve-grpc-plugin.ts";
export type { MagicCookie } from "./handshake.ts";
export { createHclogLogger, type HclogOptions } from "./hclog-logger.ts";
export type { Broker } from "./mux-broker.ts";
export type { Plugin, PluginContext, PluginOptions, PluginSet, ProcessOptions } from "./plugin-options.ts";
export { servePlugin } from "./serve-plugin.ts";
