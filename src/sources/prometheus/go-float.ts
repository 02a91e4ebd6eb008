/** Numbers as Go's strconv writes them, which is how Prometheus puts sample values into JSON text. */

/** The number, possibly NaN or infinite; null if the text is none. */
export function parseGoFloat(text: string): number | null {
  const first = text.charCodeAt(0);
  // Number() takes an empty or blank text for 0: one that starts with a digit, sign or point is neither.
  if ((first >= 0x30 && first <= 0x39) || first === 0x2d || first === 0x2e) {
    const value = Number(text);
    if (!Number.isNaN(value)) return value;
  }
  switch (text) {
    case "NaN":
      return Number.NaN;
    case "+Inf":
    case "Inf":
      return Number.POSITIVE_INFINITY;
    case "-Inf":
      return Number.NEGATIVE_INFINITY;
    default:
      return null;
  }
}
