/** The text, or as much of its beginning as fits, with an ellipsis; `maxBytes` are those of its percent-encoded form. */
export function clipped(text: string, maxBytes: number): string {
  // A lone half of a surrogate pair cannot be encoded.
  const whole = text.toWellFormed();
  if (encodedLength(whole) <= maxBytes) return whole;
  let kept = "";
  let bytes = encodedLength("…");
  for (const character of whole) {
    bytes += encodedLength(character);
    if (bytes > maxBytes) break;
    kept += character;
  }
  return `${kept}…`;
}

/** As gRPC sends a status' message. */
function encodedLength(text: string): number {
  return encodeURI(text).length;
}
