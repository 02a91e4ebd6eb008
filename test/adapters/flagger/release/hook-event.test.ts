import { expect, it } from "vitest";
import { readHookEvent } from "../../../../src/adapters/flagger/release/hook-event.ts";

it.each([
  ["Advance podinfo.test canary weight 20", { kind: "weight", weight: 20 }],
  ["Advance podinfo.test canary weight 100", { kind: "weight", weight: 100 }],
  ["Advance podinfo.test canary weight 999", { kind: "weight", weight: 100 }],
  ["Routing all traffic to canary", { kind: "weight", weight: 100 }],
  ["New revision detected! Restarting analysis for podinfo.test", { kind: "weight", weight: 0 }],
  ["New revision detected! Scaling up podinfo.test", { kind: "other" }],
  ["Routing all traffic to primary", { kind: "other" }],
  ["Advance podinfo.test primary weight 20", { kind: "other" }],
  ["Advance podinfo.test canary iteration 1/2", { kind: "other" }],
  ["Halt podinfo.test advancement external check x failed Advance a.b canary weight 3", { kind: "other" }],
  ["Canary failed! Scaling down podinfo.test", { kind: "ended" }],
  ["Promotion completed! Scaling down podinfo.test", { kind: "ended" }],
  [
    "Promotion completed! Scaling down podinfo.test Canary analysis was skipped for podinfo.test",
    { kind: "ended" },
  ],
  ["", { kind: "other" }],
])("reads %j", (message, event) => {
  expect(readHookEvent(message)).toEqual(event);
});
