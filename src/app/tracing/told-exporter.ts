import { ExportResultCode } from "@opentelemetry/core";
import type { SpanExporter } from "@opentelemetry/sdk-trace";
import type { Logger } from "../../base/logger.ts";

/** The same exporter; the log tells once that spans cannot be sent, and once that they can again. */
export function toldExporter(exporter: SpanExporter, logger: Logger): SpanExporter {
  let isAway = false;
  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        const isLost = result.code !== ExportResultCode.SUCCESS;
        if (isLost && !isAway) {
          logger.warn(
            { why: withoutUser(result.error?.message ?? "it gave no reason") },
            "traces cannot be sent; their spans are lost until the collector of OTEL_EXPORTER_OTLP_ENDPOINT answers",
          );
        }
        if (!isLost && isAway) logger.info({}, "traces are sent again");
        isAway = isLost;
        done(result);
      });
    },
    shutdown: () => exporter.shutdown(),
    forceFlush: async () => await exporter.forceFlush?.(),
  };
}

/** An address may hold a password. */
function withoutUser(message: string): string {
  return message.slice(0, 300).replaceAll(/\/\/[^/@\s]*@/g, "//");
}
