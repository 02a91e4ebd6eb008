const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const part = /(\d+(?:\.\d+)?)(ms|[smhd])/y;

/**
 * Reads a duration as Prometheus, Go and Argo write it (`10m`, `1h30m`, `250ms`)
 * or a bare number of seconds (`90`), in milliseconds; null if it is neither,
 * or more than a number can be.
 */
export function parseDuration(text: string): number | null {
  if (/^\d+(\.\d+)?$/.test(text)) return finite(Number(text) * 1_000);
  let total = 0;
  part.lastIndex = 0;
  while (part.lastIndex < text.length) {
    const match = part.exec(text);
    if (match === null) return null;
    total += Number(match[1]) * unitMs[match[2] as keyof typeof unitMs];
  }
  return text === "" ? null : finite(total);
}

function finite(ms: number): number | null {
  return Number.isFinite(ms) ? ms : null;
}

/** Writes milliseconds as {@link parseDuration} reads them, in the largest units that are exact: `1m30s`. */
export function formatDuration(ms: number): string {
  let rest = Math.round(ms);
  if (rest === 0) return "0s";
  let text = "";
  for (const unit of ["h", "m", "s", "ms"] as const) {
    const count = Math.floor(rest / unitMs[unit]);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * unitMs[unit];
  }
  return text;
}
