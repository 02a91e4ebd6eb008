import * as z from "zod";
import { CoalmineError } from "../../../base/errors.ts";
import type { MetricView } from "../controller-view.ts";
import { readDocument, writeDocument } from "./read-document.ts";
import { text } from "./scalars.ts";

const metric = z.object({
  // It becomes a part of an analysis' id.
  name: z.string().min(1).max(253),
  initialDelay: text,
  successCondition: text,
  failureCondition: text,
  provider: z.object({ plugin: z.record(z.string(), z.unknown()).nullish() }).nullish(),
});

/**
 * Reads a Metric of argo-rollouts. Its `provider.plugin` names one plugin, by
 * whatever name ours is configured; if there are several it cannot be told which
 * is ours, and none is taken.
 *
 * @throws CoalmineError invalid-request, too-large.
 */
export function readMetric(bytes: Uint8Array): MetricView {
  const { provider, ...rest } = readDocument("Metric", bytes, metric);
  const plugins = Object.values(provider?.plugin ?? {});
  return { ...rest, config: plugins.length === 1 ? configText(plugins[0]) : "" };
}

/** What JSON.parse takes may nest deeper than JSON.stringify goes. */
function configText(config: unknown): string {
  try {
    return JSON.stringify(config);
  } catch (thrown) {
    throw thrown instanceof RangeError ? tooDeep(thrown) : thrown;
  }
}

function tooDeep(cause: RangeError): CoalmineError {
  const message = "argo-rollouts: Metric: the plugin's configuration nests too deep";
  return new CoalmineError("too-large", message, { cause });
}

/** A Metric that is read as the view is. A configuration that is no JSON goes as a text, which is none either. */
export function writeMetric({ config, ...rest }: MetricView): Uint8Array {
  return writeDocument({
    ...rest,
    ...(config !== "" && { provider: { plugin: { coalmine: parsedOr(config) } } }),
  });
}

function parsedOr(config: string): unknown {
  try {
    return JSON.parse(config);
  } catch {
    return config;
  }
}
