import type { Logger } from "../../base/logger.ts";

/** How rows of a list are read, and what the log says of one that cannot be. */
export interface RowReading<Row, T> {
  read(row: Row): T;
  readonly logger: Logger;
  /** Which row it was, and what of, for people. */
  told(row: Row): Readonly<Record<string, unknown>>;
  readonly message: string;
}

/** The rows of a list that can be read: a damaged one must not hide all others, nor keep a server from its start. */
export function readOrLeaveOut<Row, T>(
  rows: readonly Row[],
  { read, logger, told, message }: RowReading<Row, T>,
): readonly T[] {
  return rows.flatMap((row) => {
    try {
      return [read(row)];
    } catch (error) {
      logger.error({ ...told(row), err: error }, message);
      return [];
    }
  });
}
