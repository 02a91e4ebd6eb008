import { ServerInterceptingCall, type ServerInterceptor, status } from "@grpc/grpc-js";
import { Histogram, type Registry } from "prom-client";

/**
 * Measures every call of a method there is into
 * `coalmine_grpc_call_duration_seconds`. A call that ended without a word of ours
 * is CANCELLED: its client left, its deadline passed, or its message was too large.
 */
export function measureCalls(registry: Registry): ServerInterceptor {
  const duration = new Histogram({
    name: "coalmine_grpc_call_duration_seconds",
    help: "How long gRPC calls took, streams included.",
    labelNames: ["method", "code"],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60],
    registers: [registry],
  });
  return ({ path }, call) => {
    const stop = duration.startTimer({ method: path.slice(1) });
    let isTold = false;
    const tell = (code: status) => {
      if (!isTold) stop({ code: status[code] });
      isTold = true;
    };
    return new ServerInterceptingCall(call, {
      start(next) {
        next({
          // grpc-js says so after every end.
          onCancel: () => tell(status.CANCELLED),
        });
      },
      sendStatus(told, next) {
        tell(told.code);
        next(told);
      },
    });
  };
}
