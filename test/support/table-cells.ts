/** The words in backquotes of the first cell of every row of a page's table, by the table's head. */
export function firstCells(page: string, head: string): readonly string[] {
  const rows = page.split(`\n${head}\n`)[1]?.split("\n\n")[0]?.split("\n").slice(1) ?? [];
  return rows.flatMap((row) =>
    [...(row.split("|")[1] ?? "").matchAll(/`([^`]+)`/g)].map(([, word]) => word ?? ""),
  );
}
