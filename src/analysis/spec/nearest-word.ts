/**
 * The known word that a misspelt one most likely stands for, for "did you mean".
 *
 * Nearest by Levenshtein distance, upper and lower case alike; null when more
 * than a third of its letters (at least two) would have to change, because a
 * wild guess misleads.
 */
export function nearestWord(word: string, known: readonly string[]): string | null {
  let best: string | null = null;
  let least = Math.max(2, Math.floor(word.length / 3)) + 1;
  for (const candidate of known) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance < least) [best, least] = [candidate, distance];
  }
  return best;
}

/** `: did you mean …` or, without a near word, the whole list of what is known. */
export function suggestion(word: string, known: readonly string[]): string {
  const nearest = nearestWord(word.slice(0, 100), known);
  if (nearest !== null) return `did you mean \`${nearest}\`?`;
  return known.length === 0 ? "none is known here" : `known: ${known.join(", ")}`;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
