import type { Logger } from "../../src/base/logger.ts";

export interface QuietLogger extends Logger {
  /** What was logged as an error, oldest first. */
  readonly errors: { readonly fields: Readonly<Record<string, unknown>>; readonly message: string }[];
}

/** Says nothing, and remembers errors. */
export function quietLogger(): QuietLogger {
  const errors: QuietLogger["errors"] = [];
  return {
    errors,
    info: () => undefined,
    warn: () => undefined,
    error: (fields, message) => void errors.push({ fields, message }),
  };
}
