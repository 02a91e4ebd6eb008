/** Placeholder: the state of an analysis between two looks. */
export interface AnalysisState {
  readonly version: 1;
}
