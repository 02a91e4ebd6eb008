/** Tracing into a receiver of the test's own. */
import { onTestFinished, vi } from "vitest";
import { type Ambient, createAmbient } from "../../../src/app/tracing/ambient.ts";
import { startTracing } from "../../../src/app/tracing/start-tracing.ts";
import type { Tracing } from "../../../src/app/tracing/tracing.ts";
import type { TracingEnvironment } from "../../../src/app/tracing/tracing-options.ts";
import type { Logger } from "../../../src/base/logger.ts";
import { type OtlpReceiver, type ReceivedSpan, startOtlpReceiver } from "../../support/otlp-receiver.ts";
import { quietLogger } from "../../support/quiet-logger.ts";

export interface TracingStage {
  readonly tracing: Tracing;
  readonly ambient: Ambient;
  readonly receiver: OtlpReceiver;
  /** Ends the tracing, and answers what was received. */
  received(): Promise<readonly ReceivedSpan[]>;
}

export async function stageTracing(
  environment: TracingEnvironment = {},
  logger: Logger = quietLogger(),
): Promise<TracingStage> {
  const receiver = await startOtlpReceiver();
  onTestFinished(() => receiver.close());
  // The exporter reads the process's own.
  vi.stubEnv("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.url);
  const ambient = createAmbient();
  const tracing = await startTracing({
    environment: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, ...environment },
    ambient,
    logger,
    version: "1.2.3",
  });
  onTestFinished(() => tracing.close());
  return {
    tracing,
    ambient,
    receiver,
    async received() {
      await tracing.close();
      return receiver.spans;
    },
  };
}
