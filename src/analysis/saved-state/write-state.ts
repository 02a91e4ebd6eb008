import type { AnalysisState, GaugeMetricState } from "../advance/state.ts";
import { writeMeasured } from "./number-schemas.ts";

/**
 * A state as plain JSON can hold it to the last bit: all of it as it is, but for
 * a gauge's sums, which may have overflowed. `readState` reads it back.
 */
export function writeState(state: AnalysisState): unknown {
  return {
    ...state,
    metrics: state.metrics.map((metric) => (metric.kind === "gauge" ? writeGauge(metric) : metric)),
  };
}

function writeGauge({ block, total, ...others }: GaugeMetricState) {
  return { ...others, block: writeMeans(block), total: writeMeans(total) };
}

function writeMeans({ canary, baseline }: GaugeMetricState["block"]) {
  const write = ({ sum, looks }: typeof canary) => ({ sum: writeMeasured(sum), looks });
  return { canary: write(canary), baseline: write(baseline) };
}
