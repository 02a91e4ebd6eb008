/** Who a call comes from. */
import { type Metadata, ServerInterceptingCall, type ServerInterceptor } from "@grpc/grpc-js";
import type { Analyses } from "../../analysis/analyses.ts";
import { type CallerAnalyses, restrictAnalyses } from "../../analysis/restricted-analyses.ts";
import type { Access, Caller } from "../../base/access.ts";
import { CoalmineError } from "../../base/errors.ts";
import { secretOf } from "../http/secret-of.ts";
import { guardedPath } from "./contract.ts";
import { drainingError } from "./grpc-status.ts";
import { statusOf } from "./status-of.ts";

export interface RequireCallerOptions {
  readonly access: Access;
  readonly isDraining: () => boolean;
  failed(path: string, thrown: unknown): void;
}

/** By the metadata of their call. */
const callers = new WeakMap<Metadata, Caller>();

/**
 * Lets only calls through whose caller is recognised, for {@link callerOf}, and
 * none once the server drains. What a stranger sends is not read. Probes and
 * reflection are anybody's.
 */
export function requireCaller({ access, isDraining, failed }: RequireCallerOptions): ServerInterceptor {
  return ({ path }, call) => {
    if (!path.startsWith(guardedPath)) return new ServerInterceptingCall(call);
    return new ServerInterceptingCall(call, {
      start(next) {
        next({
          onReceiveMetadata(metadata, goOn) {
            recognise(access, metadata)
              .then((caller) => {
                if (isDraining()) throw drainingError();
                callers.set(metadata, caller);
                goOn(metadata);
              })
              .catch((thrown: unknown) => {
                failed(path, thrown);
                call.sendStatus(statusOf(thrown));
              });
          },
        });
      },
    });
  };
}

/**
 * Who calls.
 *
 * @throws TypeError for a call that {@link requireCaller} has not let through: nobody may take it for somebody's.
 */
export function callerOf(metadata: Metadata): Caller {
  const caller = callers.get(metadata);
  if (caller === undefined) throw new TypeError("nobody asked who calls");
  return caller;
}

/** The analyses as the caller may ask of them. @throws TypeError as {@link callerOf} does */
export function analysesOf(analyses: Analyses, access: Access, metadata: Metadata): CallerAnalyses {
  const caller = callerOf(metadata);
  return access.isOn ? restrictAnalyses(analyses, caller) : analyses;
}

async function recognise(access: Access, metadata: Metadata): Promise<Caller> {
  // Of more than one Node keeps the first, as it does for HTTP.
  const [sent] = metadata.get("authorization");
  const secret = secretOf(sent === undefined ? {} : { authorization: String(sent) });
  const caller = await access.callerOf(secret);
  if (caller !== null) return caller;
  const what = secret === null ? "the call holds no token that can be read" : "the token sent is not known";
  throw new CoalmineError(
    "unauthenticated",
    `${what}; send a token of the server's settings (access.tokens) in the metadata as authorization: Bearer <token>`,
  );
}
