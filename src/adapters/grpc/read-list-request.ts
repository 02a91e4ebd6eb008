import type { ListFilter } from "../../analysis/ports.ts";
import type { Problem } from "../../base/errors.ts";
import type { ListRequest } from "./messages.ts";
import { refusedRequest } from "./refused-request.ts";
import { phases } from "./write-analysis.ts";

const usualLimit = 100;
const maxLimit = 1_000;
const longestName = 253;

/** @throws CoalmineError invalid-request with every problem and its path. */
export function readListRequest({ service, namespace, phase, limit }: ListRequest): ListFilter {
  const problems: Problem[] = [];
  for (const [path, name] of Object.entries({ service, namespace })) {
    if ((name?.length ?? 0) > longestName) {
      problems.push({ path, message: `is longer than ${longestName} characters` });
    }
  }
  const wanted = limit ?? usualLimit;
  if (wanted < 1 || wanted > maxLimit) {
    problems.push({ path: "limit", message: `expected a whole number from 1 to ${maxLimit}, got ${wanted}` });
  }
  const word = Object.entries(phases).find(([, named]) => named === phase)?.[0];
  if (word === undefined && phase !== "PHASE_UNSPECIFIED") {
    problems.push({
      path: "phase",
      message: `expected one of ${Object.values(phases).join(", ")}, got ${phase}`,
    });
  }
  if (problems.length > 0) throw refusedRequest(problems);
  return {
    ...(service == null ? {} : { service }),
    ...(namespace == null ? {} : { namespace }),
    ...(isPhase(word) ? { phase: word } : {}),
    limit: wanted,
  };
}

function isPhase(word: string | undefined): word is keyof typeof phases {
  return word !== undefined && Object.hasOwn(phases, word);
}
