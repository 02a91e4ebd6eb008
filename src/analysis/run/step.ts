import type { AnalysisState } from "../advance/state.ts";
import type { LookRecord } from "../analysis-record.ts";
import type { AnalysisResult } from "../result.ts";

/** What a run yields after every look; the last one's result has left the phase `running`. */
export interface AnalysisStep {
  readonly state: AnalysisState;
  readonly result: AnalysisResult;
  readonly look: LookRecord;
  /** The time that the next look is about, in milliseconds since the epoch; may be past. Null after the last. */
  readonly nextAt: number | null;
}
