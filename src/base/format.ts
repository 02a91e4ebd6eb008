/** How Coalmine writes numbers for people: every figure in a reason, a report or a page goes through here. */

const counts = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

/** A count with thousands separators: `12,040`. */
export function formatCount(count: number): string {
  return counts.format(count);
}

/**
 * A fraction (0 to 1) as a percentage without its sign, with as many digits as
 * its distance to 0 or 100 deserves: `8.1`, `0.52`, `99.95`; `<0.001` for less.
 */
function formatPercentNumber(fraction: number): string {
  const percent = fraction * 100;
  const toNearerEnd = Math.min(percent, 100 - percent);
  if (toNearerEnd <= 0) return percent.toFixed(0);
  if (toNearerEnd < 0.001) return percent < 50 ? "<0.001" : ">99.999";
  if (toNearerEnd < 0.1) return percent.toFixed(3);
  if (toNearerEnd < 1) return percent.toFixed(2);
  return percent.toFixed(1);
}

/** A fraction as a percentage: `8.1 %`; a dash for null. */
export function formatPercent(fraction: number | null): string {
  return fraction === null ? "–" : `${formatPercentNumber(fraction)} %`;
}

/** An interval of fractions: `7.0 to 9.3 %`. */
export function formatPercentRange([low, high]: readonly [low: number, high: number]): string {
  return `${formatPercentNumber(low)} to ${formatPercentNumber(high)} %`;
}

/** Evidence as odds against no difference: `41 : 1`, `0.42 : 1`, `>1e6 : 1`; a dash for null. */
export function formatOdds(odds: number | null): string {
  return odds === null ? "–" : `${oddsNumber(odds)} : 1`;
}

/** Evidence and what it has to reach: `41 : 1, needs 20 : 1`. */
export function formatOddsAgainst(odds: number | null, needs: number | null): string {
  if (odds === null) return "–";
  return needs === null ? formatOdds(odds) : `${formatOdds(odds)}, needs ${formatOdds(needs)}`;
}

/** How many times as much: `7.9×`, `12×`, `0.83×`. */
export function formatTimes(ratio: number): string {
  if (ratio >= 1e4) return ">10,000×";
  if (ratio >= 10) return `${formatCount(ratio)}×`;
  return `${ratio.toFixed(ratio >= 1 ? 1 : 2)}×`;
}

/** An interval of ratios; a null `high` is unbounded: `4.2× to 14×`, `over 3.0×`. */
export function formatTimesRange(low: number, high: number | null): string {
  return high === null ? `over ${formatTimes(low)}` : `${formatTimes(low)} to ${formatTimes(high)}`;
}

/** A latency in seconds as people say it: `2.5 ms`, `250 ms`, `1.5 s`. */
export function formatLatency(seconds: number): string {
  const [value, unit] = seconds < 1 ? [seconds * 1_000, "ms"] : [seconds, "s"];
  return `${Number(value.toPrecision(3))} ${unit}`;
}

/** Between two bucket boundaries in seconds; a null `high` is past the last finite bucket: `over 10 s`. */
export function formatLatencyRange(range: { readonly low: number; readonly high: number | null }): string {
  if (range.high === null) return `over ${formatLatency(range.low)}`;
  if (range.low <= 0) return `up to ${formatLatency(range.high)}`;
  return `${formatLatency(range.low)} to ${formatLatency(range.high)}`;
}

function oddsNumber(odds: number): string {
  if (odds > 1e6) return ">1e6";
  if (odds >= 10) return formatCount(odds);
  if (odds >= 1) return odds.toFixed(1);
  return odds < 0.01 ? "<0.01" : odds.toFixed(2);
}

/**
 * Text of several lines in one: `; ` between them, nothing after a colon.
 *
 * Each run of white space is looked at once: a pattern that asks for the line
 * break between two of them takes time in the square of a run without one.
 */
export function inOneLine(text: string): string {
  return text.replaceAll(/(:?)(\s+)/g, (all, colon: string, space: string) => {
    if (!space.includes("\n")) return all;
    return colon === "" ? "; " : ": ";
  });
}
