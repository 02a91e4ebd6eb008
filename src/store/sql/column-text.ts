/**
 * A text as a column can hold it, each text as another one: PostgreSQL takes no
 * U+0000, and no database a half of a surrogate pair, so these, control
 * characters, quotes and backslashes are written as JSON escapes. Everything else
 * stands as it is, to be read and searched for by people.
 */
export function columnText(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** The text that {@link columnText} wrote. @throws SyntaxError for what it never wrote. */
export function textOfColumn(column: string): string {
  const text: unknown = JSON.parse(`"${column}"`);
  if (typeof text !== "string") throw new SyntaxError("the column does not hold a text");
  return text;
}
