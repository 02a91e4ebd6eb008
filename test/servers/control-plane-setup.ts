/** Starts the control plane that the tests of a project share (`argo`, `flagger`), and ends it after them. */
import { networkInterfaces } from "node:os";
import type { TestProject } from "vitest/node";
// For the name under which it is handed on.
import type {} from "../support/control-plane.ts";
import { startControlPlane } from "./start-control-plane.ts";

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const reachable = Object.keys(networkInterfaces()).filter((name) => name !== "lo");
  if (reachable.length > 0)
    throw new Error(
      `the tests of controllers run in a network of their own, and here is ${reachable.join(", ")}: use npm run test:argo or test:flagger`,
    );
  const { close, ...plane } = await startControlPlane();
  project.provide("controlPlane", plane);
  return close;
}
