import * as z from "zod";
import { parseDecimal } from "./decimal.ts";
import { readMargin, readRatio } from "./margin.ts";
import { readRate } from "./rate.ts";
import { type Reading, show } from "./reading.ts";
import { readLatency, readSpan } from "./time-span.ts";

/** No number, duration or margin needs more. */
const maxScalarLength = 100;

/** The scalars of a spec. Each accepts a string for whatever it is, because hosts such as Argo hand on strings only. */
export const span = scalar("a duration", (input) => readSpan(input));
/** How long something is kept: up to ten years. */
export const retention = scalar("a duration", (input) => readSpan(input, 3_650 * 86_400_000));
export const latency = scalar("a latency", readLatency);
export const rate = scalar("a rate", readRate);
export const margin = scalar("a margin", readMargin);
export const ratio = scalar("a factor", readRatio);

/** A finite number from `least` to `most`, whole where `whole` says so. */
export function number(range: {
  readonly least: number;
  readonly most: number;
  readonly whole?: boolean;
  readonly name?: string;
}) {
  const { name = range.whole === true ? "a whole number" : "a number" } = range;
  return scalar(name, (input): Reading<number> => {
    const value = typeof input === "number" ? input : parseDecimal(input.trim());
    const fits = value !== null && value >= range.least && value <= range.most;
    if (fits && (range.whole !== true || Number.isInteger(value))) return { value };
    return { wrong: `expected ${name} from ${range.least} to ${range.most}, got ${show(input)}` };
  });
}

/** True or false, also as the words. */
export const flag = z
  .union([z.boolean(), z.enum(["true", "false"])], {
    error: (issue) => expected("true or false", issue.input),
  })
  .transform((input) => input === true || input === "true");

/** A name or a piece of a query: not blank, one line, at most `most` characters. */
export function text(most = 253) {
  return z.string({ error: (issue) => expected("text", issue.input) }).check(
    z.refine((value) => value.trim() !== "", { error: "is empty" }),
    z.refine((value) => !/\p{Cc}/u.test(value.replace(/[\n\t]/g, " ")), {
      error: "holds a control character",
    }),
    z.maxLength(most, { error: `is longer than ${most} characters` }),
  );
}

/** `expected X, got Y`, with the two slips that YAML invites explained. */
export function expected(wanted: string, input: unknown): string {
  if (input === undefined) return `is missing; expected ${wanted}`;
  if (input === null) return `expected ${wanted}, got nothing; leave the key out for its default`;
  const quote = wanted === "text" && typeof input !== "object" ? "; put it in quotes" : "";
  return `expected ${wanted}, got ${show(input)}${quote}`;
}

function scalar<T>(name: string, read: (input: number | string) => Reading<T>) {
  return z
    .union([z.number(), z.string()], { error: (issue) => expected(name, issue.input) })
    .transform((input, context) => {
      // The patterns of the readers may take time in the square of the length.
      const tooLong = typeof input === "string" && input.length > maxScalarLength;
      const reading = tooLong ? { wrong: `is longer than ${maxScalarLength} characters` } : read(input);
      if ("value" in reading) return reading.value;
      context.addIssue({ code: "custom", message: reading.wrong, input });
      return z.NEVER;
    });
}
