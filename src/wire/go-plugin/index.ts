/**
 * A plugin for hosts that use hashicorp/go-plugin over net/rpc: the protocol of
 * Argo Rollouts' metric and step plugins, without Go.
 *
 * `servePlugin` is the whole program: it takes the process over, and does not
 * return. A plugin is a function that gives a table of methods; the host calls
 * them as `Plugin.<name>`.
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
export type { MagicCookie } from "./handshake.ts";
export { createHclogLogger, type HclogOptions } from "./hclog-logger.ts";
export type { Broker } from "./mux-broker.ts";
export type { Plugin, PluginContext, PluginOptions, PluginSet } from "./plugin-options.ts";
export { servePlugin } from "./serve-plugin.ts";
