import type { IncomingMessage, ServerResponse } from "node:http";
import type { Gates } from "../../analysis/gates/gates.ts";
import type { ReleaseStore } from "../../analysis/ports.ts";
import type { Access } from "../../base/access.ts";
import type { Clock } from "../../base/clock.ts";
import type { Logger } from "../../base/logger.ts";
import { createAnswerCall } from "./answer/answer-call.ts";
import type { CanaryEvents } from "./canary-events.ts";
import { createAnswerRequest } from "./http/answer-request.ts";
import { type FollowedAnalyses, Releases } from "./release/releases.ts";
import type { ChooseSpec } from "./spec/spec-choice.ts";

/**
 * A Canary calls once in its interval, which people set to an hour and more: a
 * release that was closed between two calls would be judged from the start at
 * each, and its verdict never be heard.
 */
const defaultIdleMs = 6 * 3_600_000;

export interface FlaggerApiOptions {
  readonly analyses: FollowedAnalyses;
  readonly gates: Gates;
  readonly releases: ReleaseStore;
  /** Whether other servers may write to that store too; not unless given. */
  readonly isShared?: boolean;
  readonly chooseSpec: ChooseSpec;
  readonly access: Access;
  readonly events: CanaryEvents;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How long nothing may call for a release before it is closed, in milliseconds; six hours unless given. */
  readonly idleTimeoutMs?: number;
  /** Releases at the same time; 10,000 unless given. */
  readonly mostReleases?: number;
}

export interface FlaggerApi {
  /**
   * Answers what is asked of /flagger/v1, and false for anything else. To be asked
   * before express, which would take more time than the answer.
   */
  readonly handle: (request: IncomingMessage, response: ServerResponse) => boolean;
  /** Takes up the releases that a process before this one left open, and answers how many; once the analyses have been resumed. */
  resume(): Promise<number>;
  /** Nothing new is opened from here on; what is known is still answered. */
  close(): void;
}

/** Flagger's webhooks. See README.md beside this file. */
export function createFlaggerApi(options: FlaggerApiOptions): FlaggerApi {
  const { access, logger, isShared = false, idleTimeoutMs = defaultIdleMs, mostReleases = 10_000 } = options;
  const releases = new Releases({ ...options, isShared, idleTimeoutMs, mostReleases });
  const handle = createAnswerRequest({
    answerCall: createAnswerCall({ ...options, releases }),
    access,
    logger,
  });
  return {
    handle,
    resume: () => releases.resume(),
    close: () => releases.close(),
  };
}
