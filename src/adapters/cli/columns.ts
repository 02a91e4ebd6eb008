/** Rows as a person reads them: a line each, in columns as wide as their widest cell. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ");
  return rows.map((row) => `${line(row).trimEnd()}\n`).join("");
}

/** A time in RFC 3339 without its milliseconds, for such a cell. */
export function toTheSecond(at: string): string {
  return at.replace(/[.]\d+Z$/, "Z");
}
