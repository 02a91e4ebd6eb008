/** The providers in a worker thread, asked by message. */
import type { Worker } from "node:worker_threads";
import type { MetricProvider } from "../../adapters/argo-rollouts/metric-provider.ts";
import type { StepProvider } from "../../adapters/argo-rollouts/step-provider.ts";
import type { Logger } from "../../base/logger.ts";
import type { ProviderAnswer, ProviderCall } from "./provider-messages.ts";

/**
 * How long a call may take, in milliseconds. The host waits for ever, with one of
 * its few workers; the longest wait of the providers themselves is 30 s.
 */
const longestCallMs = 45_000;

/** The share of its time above which a thread that answers nobody is stuck, and not waiting for something. */
const stuckUtilization = 0.9;

interface Waiting {
  readonly timer: NodeJS.Timeout;
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Providers whose work is done in the thread that `start` starts. It is started
 * at once, and again at the next call after it has ended by a fault; the calls
 * that it did not answer are rejected, and lose nothing: all state is the host's.
 * A call that takes too long is rejected, and a thread that has been busy all
 * that time without an answer to anybody is ended.
 */
export function providersInThread(
  start: () => Worker,
  logger: Logger,
  callMs: number = longestCallMs,
): { readonly metric: MetricProvider; readonly step: StepProvider } {
  const waiting = new Map<number, Waiting>();
  let calls = 0;
  let answers = 0;
  let worker: Worker | null = open();

  function open(): Worker {
    const opened = start();
    // A worker must not keep a plugin alive whose host has gone.
    opened.unref();
    opened.on("message", settle);
    opened.on("error", (error) => logger.error({ err: error }, "the plugin's worker thread failed"));
    opened.once("exit", () => {
      if (worker === opened) worker = null;
      for (const call of [...waiting.keys()])
        taken(call)?.reject(new Error("the plugin's worker thread ended"));
    });
    return opened;
  }

  /** Who waits for the call's answer, and from here on does no more. */
  function taken(call: number): Waiting | undefined {
    const caller = waiting.get(call);
    clearTimeout(caller?.timer);
    waiting.delete(call);
    return caller;
  }

  function settle(answer: ProviderAnswer): void {
    answers += 1;
    const caller = taken(answer.call);
    if ("error" in answer) caller?.reject(new Error(answer.error));
    else caller?.resolve(answer.value as never);
  }

  function ask<Value>(plugin: ProviderCall["plugin"], method: string, ...args: unknown[]): Promise<Value> {
    return new Promise<Value>((resolve, reject) => {
      calls += 1;
      worker ??= open();
      const timer = setTimeout(giveUp(worker), callMs, calls).unref();
      waiting.set(calls, { resolve, reject, timer });
      worker.postMessage({ call: calls, plugin, method, args } satisfies ProviderCall);
    });
  }

  /** What becomes of a call to `asked` that is not answered in time. */
  function giveUp(asked: Worker): (call: number) => void {
    const answered = answers;
    const before = asked.performance.eventLoopUtilization();
    return (call) => {
      taken(call)?.reject(new Error(`the plugin's worker thread did not answer within ${callMs / 1_000} s`));
      const { utilization } = asked.performance.eventLoopUtilization(before);
      if (worker !== asked || answers !== answered || utilization < stuckUtilization) return;
      logger.error(
        {},
        "the plugin's worker thread is stuck: it is ended, and started again at the next call",
      );
      void asked.terminate();
    };
  }

  return {
    metric: {
      run: (request) => ask("metric", "run", request),
      resume: (request, measurement) => ask("metric", "resume", request, measurement),
      terminate: (request, measurement) => ask("metric", "terminate", request, measurement),
      garbageCollect: (request, limit) => ask("metric", "garbageCollect", request, limit),
      metadata: (metric) => ask("metric", "metadata", metric),
    },
    step: {
      run: (request) => ask("step", "run", request),
      terminate: (request) => ask("step", "terminate", request),
      abort: (request) => ask("step", "abort", request),
    },
  };
}
