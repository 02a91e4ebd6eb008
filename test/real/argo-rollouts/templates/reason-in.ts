/** Why a release ended as it did, from the place where people look. */
import type { Ended } from "../../coalmine-process.ts";
import { allMeasurements, type ReleaseEnd } from "./release.ts";
import type { ReasonPlace } from "./template-cases.ts";

/** @param job how the release's Job ended, if it has one. */
export function reasonIn(end: ReleaseEnd, place: ReasonPlace, job: Ended | null): string {
  const { message } = end.state.status;
  const last = allMeasurements(end).at(-1);
  switch (place) {
    case "run message":
      return / failed \(1\) > failureLimit \(0\): "Error Message: (.*)"/.exec(message)?.[1] ?? message;
    case "step message":
      return /Step Plugin \S+ \(coalmine\/step\) failed: (.*)/.exec(message)?.[1] ?? message;
    case "value":
      return JSON.parse(last?.value ?? "").reason.text;
    case "warnings":
      return last?.metadata["warnings"] ?? "";
    case "job log":
      return job?.stdout ?? "";
  }
}

/** Everything that says why, for the report of a test that fails. */
export function whyOf(end: ReleaseEnd, job: Ended | null): string {
  const told = allMeasurements(end).map(
    ({ phase, message, value }) => `${phase}: ${message || value.slice(0, 2_000)}`,
  );
  const printed = job === null ? [] : [job.stdout, job.stderr];
  return [end.state.status.message, ...told.slice(-2), ...printed].join("\n");
}
