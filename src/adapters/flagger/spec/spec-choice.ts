/** What a hook's metadata asks to be judged. */
import type { AnalysisSpec } from "../../../analysis/spec/model.ts";
import type { HookCall } from "../hook-call.ts";
import type { ReleaseOptions } from "../release/release-options.ts";

export interface SpecChoice {
  readonly spec: AnalysisSpec;
  readonly options: ReleaseOptions;
  /** Whether the metadata said anything of it; without a word all of it is defaults. */
  readonly isSaid: boolean;
  /** One text for each key of the metadata that means nothing, with the nearest that does. */
  readonly unknownKeys: readonly string[];
}

/** The specs that a server knows by name. */
export interface NamedSpecs {
  /**
   * The document of a spec, not yet parsed.
   *
   * @throws CoalmineError not-found, naming those that there are.
   */
  find(name: string): Promise<unknown>;
}

/**
 * Reads the spec that a call asks for.
 *
 * @throws CoalmineError not-found for a name that no spec has, invalid-spec with every problem by its key.
 */
export type ChooseSpec = (call: HookCall) => Promise<SpecChoice>;
