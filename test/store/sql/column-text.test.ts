import fc from "fast-check";
import { expect, it } from "vitest";
import { columnText, textOfColumn } from "../../../src/store/sql/column-text.ts";

const anyText = fc.string({
  unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
});

it("writes any text as one that every database holds, and reads it back", () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const column = columnText(text);
      expect(column.isWellFormed()).toBe(true);
      expect(column).not.toContain("\0");
      expect(textOfColumn(column)).toBe(text);
    }),
  );
});

it("leaves names as people write them", () => {
  for (const name of [
    "checkout",
    "kaffee-größe",
    "flagger.shop.checkout.85d557f47b.1",
    "a/b:c@d~e+f",
    "\u{1F426}",
  ])
    expect(columnText(name)).toBe(name);
});

it.each(["a\\", '"', '","', "\\x"])("refuses %j, which it never wrote", (column) => {
  expect(() => textOfColumn(column)).toThrow(SyntaxError);
});
