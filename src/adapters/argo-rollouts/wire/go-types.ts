/** The types that the controller decodes our answers into: v1alpha1.Measurement and utils/plugin/types of argo-rollouts. */
import {
  embeddedTime,
  type GoField,
  type GoType,
  goBytes,
  goInt,
  goString,
  type MapType,
  type StructType,
} from "../../../wire/go-plugin/index.ts";

const time: GoType = { kind: "pointer", elem: embeddedTime("v1.Time") };

/** map[string]string. */
export const goTexts: MapType = { kind: "map", key: goString, elem: goString };

/** What Run, Resume and Terminate of a metric plugin answer. */
export const goMeasurement = struct("v1alpha1.Measurement", [
  ["Phase", { ...goString, name: "v1alpha1.AnalysisPhase" }],
  ["Message", goString],
  ["StartedAt", time],
  ["FinishedAt", time],
  ["Value", goString],
  ["Metadata", goTexts],
  ["ResumeAt", time],
]);

/** What is answered where only an error may be told; an empty ErrorString is none. */
export const goRpcError = struct("types.RpcError", [["ErrorString", goString]]);

/** RequeueAfter is in nanoseconds; Status is a JSON object. */
export const goStepResult = struct("types.RpcStepResult", [
  ["Phase", { ...goString, name: "types.StepPhase" }],
  ["Message", goString],
  ["RequeueAfter", { ...goInt, name: "time.Duration" }],
  ["Status", { ...goBytes, name: "json.RawMessage" }],
]);

/** What Run, Terminate and Abort of a step plugin answer (Response of rollout/steps/plugin/rpc). */
export const goStepResponse = struct("rpc.Response", [
  ["Result", goStepResult],
  ["Error", goRpcError],
]);

function struct(name: string, fields: readonly GoField[]): StructType {
  return { kind: "struct", name, fields };
}
