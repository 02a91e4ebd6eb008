import { createFlaggerApi, type FlaggerApi } from "../../adapters/flagger/flagger-api.ts";
import { createGateApi } from "../../adapters/flagger/gates/gate-api.ts";
import { createChooseSpec } from "../../adapters/flagger/spec/choose-spec.ts";
import type { Analyses } from "../../analysis/analyses.ts";
import type { Gates } from "../../analysis/gates/gates.ts";
import type { ReleaseStore } from "../../analysis/ports.ts";
import type { Access } from "../../base/access.ts";
import type { Logger } from "../../base/logger.ts";
import type { Settings } from "../settings/settings.ts";
import { systemClock } from "../system-clock.ts";
import { createNamedSpecs } from "./named-specs.ts";
import { openCanaryEvents } from "./open-canary-events.ts";

export interface FlaggerParts {
  readonly analyses: Analyses;
  readonly gates: Gates;
  readonly releases: ReleaseStore;
  /** Whether other servers may write to that store too. */
  readonly isShared: boolean;
  readonly access: Access;
  readonly settings: Settings;
  readonly logger: Logger;
}

/** What Flagger talks to: its webhooks, and the gates of its load tester. */
export interface OpenFlagger extends Pick<FlaggerApi, "handle" | "resume"> {
  /** Opens nothing new from here on, and tells the Events that are still to be told. */
  close(): Promise<void>;
}

export async function openFlagger({
  analyses,
  gates,
  releases,
  isShared,
  access,
  settings,
  logger,
}: FlaggerParts): Promise<OpenFlagger> {
  const specs = createNamedSpecs({
    specs: settings.specs,
    folder: settings.specsFolder ?? null,
    clock: systemClock,
    logger,
  });
  await specs.check();
  const events = await openCanaryEvents(settings.kubernetes, process.env, logger);
  const api = createFlaggerApi({
    analyses,
    gates,
    access,
    events,
    logger,
    releases,
    isShared,
    chooseSpec: createChooseSpec({ specs }),
    clock: systemClock,
  });
  const gateApi = createGateApi({ gates, access, logger });
  return {
    handle: (request, response) => api.handle(request, response) || gateApi(request, response),
    resume: () => api.resume(),
    close() {
      api.close();
      return events.close();
    },
  };
}
