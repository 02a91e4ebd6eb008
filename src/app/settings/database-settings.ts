/** What an operator can set about where analyses, gates and releases are kept. */
import { homedir } from "node:os";
import { join } from "node:path";
import * as z from "zod";
import { number, retention } from "../../analysis/spec/scalar-schemas.ts";
import { section, word } from "../../analysis/spec/section.ts";

export const databaseSettings = section({
  /** What `url` and `file` say, if it is left out. */
  kind: word(["sqlite", "postgres", "memory"]).optional(),
  /** Of PostgreSQL, which any number of servers may share; DATABASE_URL stands above it. It may hold a password. */
  url: z.string("expected postgres://USER:PASSWORD@HOST:PORT/DATABASE").min(1).optional(),
  /** Of SQLite, for one server; DATABASE_FILE stands above it. */
  file: z.string("expected the path of a file").min(1).optional(),
  /** To PostgreSQL, for queries; the queue of looks has five more. */
  maxConnections: number({ least: 1, most: 1_000, whole: true }).default(10),
  /** How long an analysis is kept after its end. */
  keep: retention.prefault("30d"),
  /** How long an entry of the audit is kept. */
  keepAudit: retention.prefault("90d"),
}).superRefine(({ kind, url, file }, context) => {
  const problem = (path: string, message: string) =>
    void context.addIssue({ code: "custom", path: [path], message });
  if (url !== undefined && file !== undefined)
    problem("file", "give either url or file: there is one database");
  if (kind === "postgres" && url === undefined)
    problem("url", "a PostgreSQL needs its url, as in postgres://USER:PASSWORD@HOST:5432/coalmine");
  if (kind === "sqlite" && url !== undefined) problem("url", "is PostgreSQL's; SQLite has a file");
  if (kind === "memory" && (url ?? file) !== undefined) problem("kind", "memory has neither url nor file");
});

export type DatabaseSettings = z.output<typeof databaseSettings>;

/** The database that is meant. */
export type ChosenDatabase =
  | { readonly kind: "memory" }
  | { readonly kind: "sqlite"; readonly path: string }
  | { readonly kind: "postgres"; readonly url: string };

/** Without a word of the operator an SQLite file in the user's folder for state, as the XDG Base Directory Specification has it. */
export function chooseDatabase(
  { kind, url, file }: DatabaseSettings,
  environment: { readonly XDG_STATE_HOME?: string | undefined },
): ChosenDatabase {
  if (kind === "memory") return { kind };
  if (url !== undefined) return { kind: "postgres", url };
  const stateHome = environment.XDG_STATE_HOME || join(homedir(), ".local", "state");
  return { kind: "sqlite", path: file ?? join(stateHome, "coalmine", "coalmine.db") };
}
