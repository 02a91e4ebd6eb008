/** How Go writes what is empty, for the schemas of Kubernetes objects. */
import { z } from "zod";

/** A list that may be left out or null, both of which mean empty. */
export function listOf<Item extends z.ZodType>(item: Item) {
  return z
    .array(item)
    .nullish()
    .transform((items) => items ?? []);
}

/** `status.conditions`, as objects of any kind have it. */
export const conditions = listOf(
  z.looseObject({
    type: z.string(),
    status: z.string(),
    reason: z.string().default(""),
    message: z.string().default(""),
  }),
);
