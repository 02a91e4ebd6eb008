/** The streams the command line talks to, handed in so that tests read what a person would. */
export interface Terminal {
  readonly stdin: NodeJS.ReadableStream;
  /** Results, and nothing else. */
  readonly stdout: OutputStream;
  /** Progress, warnings and errors. */
  readonly stderr: OutputStream;
  /** Calls back on SIGINT and SIGTERM instead of ending the process; returns how to stop listening. */
  onInterrupt(listener: () => void): () => void;
  /** Ends the process at once. */
  exit(code: number): void;
}

/** A stream that may be a terminal. */
export type OutputStream = NodeJS.WritableStream & { readonly isTTY?: boolean };
