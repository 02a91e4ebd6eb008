/** The words in which the two databases' table definitions differ. */
export interface ColumnWords {
  /** Compared byte by byte: an index by a language's order breaks when the system's C library changes it. */
  readonly text: string;
  /** Of 64 bits. */
  readonly integer: string;
  /** A floating-point number of 64 bits. */
  readonly real: string;
  /** The type of a primary key that the database counts up, never to use a number again. */
  readonly counted: string;
  /** Stands after the columns of a table that is found by its primary key alone. */
  readonly byKey: string;
  /** Stands after the columns of a table whose rows are replaced over and over. */
  readonly replaced: string;
  /** Stands after the columns of a table whose rows never change. */
  readonly appended: string;
}

/**
 * One step of the schema. Once released it is never changed: databases hold its
 * checksum. Replicas of the version before go on working while it is applied and
 * after, so it adds; what nobody needs any more goes a version later.
 */
export interface Migration {
  /** From 1, without gaps. */
  readonly number: number;
  readonly name: string;
  statements(words: ColumnWords): readonly string[];
}

export const sqliteWords: ColumnWords = {
  text: "text",
  integer: "integer",
  real: "real",
  counted: "integer primary key autoincrement",
  byKey: "strict, without rowid",
  replaced: "strict",
  appended: "strict",
};

export const postgresWords: ColumnWords = {
  text: 'text collate "C"',
  integer: "bigint",
  real: "double precision",
  counted: "bigint generated always as identity primary key",
  byKey: "",
  // Room in the page for the next version of a row, which then needs no entry in any index.
  replaced: "with (fillfactor = 80)",
  appended: "",
};
