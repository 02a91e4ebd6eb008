import type * as z from "zod";
import type { Problem } from "../../base/errors.ts";
import { shownWord } from "./reading.ts";

type Issue = z.core.$ZodIssue;

/**
 * zod's issues as problems, one for each thing to mend, with its dotted path.
 *
 * Where a value may have several forms, the issues of the form that was meant
 * are told: the one whose outer type fits.
 */
export function zodProblems(issues: readonly Issue[], at: readonly PropertyKey[] = []): Problem[] {
  return issues.flatMap((issue) => {
    const path = [...at, ...issue.path];
    if (issue.code === "unrecognized_keys") {
      const messages = issue.message.split("\n");
      return issue.keys.map((key, index) => ({
        path: dotted([...path, key]),
        message: messages[index] ?? "unknown key",
      }));
    }
    if (issue.code === "invalid_union") {
      const meant = issue.errors.find((branch) => !branch.some(isOuterMismatch));
      if (meant !== undefined) return zodProblems(meant, path);
    }
    return [{ path: dotted(path), message: issue.message }];
  });
}

function isOuterMismatch(issue: Issue): boolean {
  if (issue.path.length > 0) return false;
  return issue.code === "invalid_type" || issue.code === "invalid_value" || issue.code === "invalid_union";
}

function dotted(path: readonly PropertyKey[]): string {
  return path.map((key) => shownWord(String(key))).join(".");
}
