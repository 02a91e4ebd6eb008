/** A server's words must not steer the terminal. */
export function printable(text: string): string {
  return text.slice(0, 2_000).replaceAll(/\p{C}+/gu, " ");
}
