import { first } from "./001-first.ts";
import { audit } from "./002-audit.ts";
import type { Migration } from "./migration.ts";

/** All of them, oldest first. After adding one: `npm run schema`, which writes what it makes of both databases. */
export const migrations: readonly Migration[] = [first, audit];
