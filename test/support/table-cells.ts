/** The words in backquotes of the first cell of every row of a page's table, by the table's head. */
export function firstCells(page: string, head: string): readonly string[] {
  const rows = page.split(`\n${head}\n`)[1]?.split("\n\n")[0]?.split("\n").slice(1) ?? [];
  return rows.flatMap((row) =>
    [...(row.split("|")[1] ?? "").matchAll(/`([^`]+)`/g)].map(([, word]) => word ?? ""),
  );
}

/** The cells of every row of the table under a heading of the second order, without its head. */
export function rowsUnder(page: string, heading: string): string[][] {
  const section = page.split(`\n## ${heading}\n`)[1]?.split("\n## ")[0] ?? "";
  const lines = section.split("\n").filter((line) => line.startsWith("| "));
  return lines.slice(2).map((line) =>
    line
      .slice(1, -1)
      .split("|")
      .map((cell) => cell.trim()),
  );
}
