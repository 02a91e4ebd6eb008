// The rollouts of one seed: about a hundred, over all families and styles.
import { seeded } from "../random.ts";
import { badFamilies } from "./bad-families.ts";
import { goodFamilies } from "./good-families.ts";
import { type Rollout, styles } from "./truth.ts";

const families = [...goodFamilies, ...badFamilies];

/** The name of a family, by its number from 1. */
export function familyName(family: number): string {
  return families[family - 1]?.[0] ?? "";
}

/** Number of the family of error steps, which has sizes enough for two rounds of styles. */
const errorSteps = 13;

/** The rollouts of a seed, in the order of the families. */
export function drawRollouts(seed: number): readonly Rollout[] {
  const random = seeded(seed * 7_919);
  return families.flatMap(([, draw], index) => {
    const family = index + 1;
    const count = family === errorSteps ? 2 * styles.length : styles.length;
    return Array.from({ length: count }, (_, variant): Rollout => {
      // Shifted from family to family, so that variants do not go with styles.
      const style = styles[(variant + index + Math.floor(variant / styles.length)) % styles.length] ?? "http";
      return { family, ...draw(random, style, variant) };
    });
  });
}
