/** Writes samples as a metrics endpoint does, for tests of what reads them. */

export interface WrittenSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Names that are not of the old alphabet are quoted. */
export function writeExposition(
  samples: readonly WrittenSample[],
  format: "prometheus" | "openmetrics",
): string {
  const lines = samples.map(({ name, labels, value }) => {
    const isPlain = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(name);
    const pairs = Object.entries(labels).map(([label, text]) => `${labelName(label)}=${quote(text)}`);
    const block = isPlain ? pairs : [quote(name), ...pairs];
    return `${isPlain ? name : ""}{${block.join(",")}} ${number(value)}\n`;
  });
  return lines.join("") + (format === "openmetrics" ? "# EOF\n" : "");
}

function labelName(label: string): string {
  return /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(label) ? label : quote(label);
}

function quote(text: string): string {
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`;
}

function number(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  return Number.isFinite(value) ? String(value) : value > 0 ? "+Inf" : "-Inf";
}
