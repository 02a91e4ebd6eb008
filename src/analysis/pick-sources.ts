import { CoalmineError, type Problem } from "../base/errors.ts";
import type { SampleSource } from "./ports.ts";
import type { AnalysisSpec } from "./spec/model.ts";
import { suggestion } from "./spec/nearest-word.ts";

/** A source as the settings name it. */
export interface NamedSource {
  readonly source: SampleSource;
  /** How long after a moment its samples can be read, in milliseconds. */
  readonly ingestionDelayMs: number;
}

/**
 * The sources that a spec names, in its order; with several, the slowest sets the delay.
 *
 * @throws CoalmineError invalid-spec, naming every unknown source and the known ones.
 */
export function pickSources(spec: AnalysisSpec, known: ReadonlyMap<string, NamedSource>): PickedSources {
  const problems: Problem[] = [];
  const picked: NamedSource[] = [];
  for (const name of spec.sources) {
    const entry = known.get(name);
    if (entry === undefined)
      problems.push({ path: "source", message: unknownSource(name, [...known.keys()].filter(isNamed)) });
    else picked.push(entry);
  }
  if (problems.length > 0) {
    const message = problems.map((problem) => problem.message).join("; ");
    throw new CoalmineError("invalid-spec", message, { problems });
  }
  return {
    sources: picked.map(({ source }) => source),
    ingestionDelayMs: Math.max(...picked.map(({ ingestionDelayMs }) => ingestionDelayMs)),
  };
}

export interface PickedSources {
  readonly sources: readonly SampleSource[];
  readonly ingestionDelayMs: number;
}

/** Sources at an address are those of other specs: their addresses are nobody else's business. */
function isNamed(name: string): boolean {
  return !name.includes("://");
}

function unknownSource(name: string, known: readonly string[]): string {
  if (known.length === 0) return `no source is called ${JSON.stringify(name)}: the settings name none`;
  return `no source is called ${JSON.stringify(name)}; ${suggestion(name, known)}; the settings name: ${known.join(", ")}`;
}
