/** Where a part reports what an operator may want to read; pino has this shape. */
export interface Logger {
  info(fields: Readonly<Record<string, unknown>>, message: string): void;
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
  error(fields: Readonly<Record<string, unknown>>, message: string): void;
}

/** For a part whose reports nobody reads. */
export const silentLogger: Logger = { info: () => undefined, warn: () => undefined, error: () => undefined };
