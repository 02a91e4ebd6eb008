/** What a release does about an analysis that ended inconclusive. */
export interface ReleaseOptions {
  readonly onInconclusive: "hold" | "rollback" | "promote";
  /** How long a hold waits for somebody before it rolls back, in milliseconds. */
  readonly holdTimeoutMs: number;
}
