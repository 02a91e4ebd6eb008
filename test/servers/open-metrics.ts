/** Samples as OpenMetrics text, for `blocksFrom` of startPrometheus. */

/** A series with its samples. */
export interface WrittenSeries {
  /** With `__name__`. */
  readonly labels: Readonly<Record<string, string>>;
  /** `[time, value]` in rising order; the time in milliseconds since the epoch. */
  readonly samples: readonly (readonly [time: number, value: number])[];
}

/** The text, with its end mark. All series are of unknown type: Prometheus stores no type. */
export function openMetrics(series: readonly WrittenSeries[]): string {
  const lines = series.flatMap(({ labels, samples }) => {
    const name = nameWithLabels(labels);
    return samples.map(([time, value]) => `${name} ${floatText(value)} ${time / 1_000}`);
  });
  return [...lines, "# EOF", ""].join("\n");
}

function nameWithLabels({ __name__: name, ...labels }: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}="${escaped(value)}"`);
  return `${name}{${pairs.join(",")}}`;
}

function escaped(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}

function floatText(value: number): string {
  if (Number.isFinite(value)) return String(value);
  if (Number.isNaN(value)) return "NaN";
  return value > 0 ? "+Inf" : "-Inf";
}
