/** What a fail is told as when one metric brings it about: which way it is found is a matter of the moment. */
import { expect } from "vitest";
import type { AnalysisResult } from "../../src/analysis/result.ts";

/**
 * Holds if the canary was failed for that metric: by its own evidence, by the outage channel, or together with
 * others that weighed less (but for the outage channel), a look before its own would have been enough.
 */
export function expectFailedOn(metric: string, result: AnalysisResult | undefined): void {
  expect(result).toMatchObject({ verdict: "fail", phase: "done" });
  const { code = "", text = "" } = result?.reason ?? {};
  const openings: Readonly<Record<string, RegExp>> = {
    "worse-than-baseline": new RegExp(`^${metric}: canary `),
    outage: new RegExp(`^${metric}: canary .*outage evidence`),
    "combined-evidence": new RegExp(
      `^no metric alone, but together: evidence [^;]+; (?:outage, [^;]+; )?${metric}: canary `,
    ),
  };
  expect(Object.keys(openings)).toContain(code);
  expect(text).toMatch(openings[code] ?? /^$/);
}
