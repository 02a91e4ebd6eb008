/** The one control plane that all tests of a project share (`argo`, `flagger`). */
import { inject } from "vitest";
import type { ControlPlane } from "../servers/start-control-plane.ts";

declare module "vitest" {
  export interface ProvidedContext {
    readonly controlPlane: ControlPlane;
  }
}

/** Where it is. It is started once for the project (test/servers/control-plane-setup.ts); every test makes namespaces of its own in it. */
export function sharedControlPlane(): ControlPlane {
  return inject("controlPlane");
}
