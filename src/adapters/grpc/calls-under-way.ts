import {
  ServerInterceptingCall,
  type ServerInterceptingCallInterface,
  type ServerInterceptor,
} from "@grpc/grpc-js";
import { drainingError } from "./grpc-status.ts";
import { statusOf } from "./status-of.ts";

/** Knows which calls are under way, so that a server can close. */
export interface CallsUnderWay {
  readonly interceptor: ServerInterceptor;
  /**
   * Ends every stream, those of probes and of reflection too: their clients would
   * keep them open for ever. They hear UNAVAILABLE, and turn to another server.
   * Resolves when the other calls have ended by themselves.
   */
  end(): Promise<void>;
}

export function trackCalls(): CallsUnderWay {
  const streams = new Set<ServerInterceptingCallInterface>();
  const others = new Set<ServerInterceptingCallInterface>();
  const ended = Promise.withResolvers<void>();
  let isEnding = false;

  function resolveIfNone(): void {
    if (isEnding && streams.size + others.size === 0) ended.resolve();
  }

  return {
    interceptor({ responseStream }, call) {
      const kind = responseStream ? streams : others;
      return new ServerInterceptingCall(call, {
        start(next) {
          kind.add(call);
          next({
            // grpc-js says so after every end.
            onCancel() {
              kind.delete(call);
              resolveIfNone();
            },
          });
        },
      });
    },
    async end() {
      isEnding = true;
      for (const call of streams) call.sendStatus(statusOf(drainingError()));
      resolveIfNone();
      await ended.promise;
    },
  };
}
