import { expect, it } from "vitest";
import { analysisId } from "../../../../src/adapters/flagger/release/analysis-id.ts";
import { newRelease } from "../../../../src/adapters/flagger/release/release.ts";

const idOf = (name: string, revision: string, attempt = 1, namespace = "shop") =>
  analysisId(newRelease({ namespace, name }, revision, attempt, 0));

it("says what it is of", () => {
  expect(idOf("checkout.v2", "85d557f47b", 3)).toBe("flagger.shop.checkout.v2.85d557f47b.3");
});

it("is each release's own, whatever dots and signs its names have, and however long they are", () => {
  const long = "a".repeat(253);
  const ids = [
    idOf("b", "c.d"),
    idOf("b.c", "d"),
    idOf("b", "c.d.1"),
    idOf("b.c.d", "1"),
    idOf("b.c", "d", 11),
    idOf("b", "c/d"),
    idOf("b", "c%d"),
    idOf("b", "c&d"),
    idOf(long, "d"),
    idOf(long, "e"),
    idOf(`${long.slice(1)}b`, "d"),
  ];
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) expect(id).toMatch(/^[\w.:@~/+-]{1,200}$/);
});
