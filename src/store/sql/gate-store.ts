import type { Selectable } from "kysely";
import { type Gate, gateHooks } from "../../analysis/gates/gate.ts";
import type { GateStore } from "../../analysis/ports.ts";
import { CoalmineError } from "../../base/errors.ts";
import { addEntry } from "./audit-store.ts";
import { columnText, textOfColumn } from "./column-text.ts";
import { ask, type SqlDatabase, transact } from "./sql-database.ts";
import type { GateTable } from "./tables.ts";

/** Gates in a database. None is ever forgotten: one that goes missing might open what somebody closed. */
export function createSqlGateStore(database: SqlDatabase): GateStore {
  return {
    async put(gate, entry) {
      const { gate_key, ...said } = rowOf(gate);
      await transact(database, async (db) => {
        await db
          .insertInto("gates")
          .values({ gate_key, ...said })
          .onConflict((conflict) => conflict.column("gate_key").doUpdateSet(said))
          .execute();
        if (entry !== undefined) await addEntry(db, entry);
      });
    },
    async list({ namespace, canary }) {
      const rows = await ask(database, (db) =>
        db
          .selectFrom("gates")
          .selectAll()
          .$if(namespace !== undefined, (query) => query.where("namespace", "=", columnText(namespace ?? "")))
          .$if(canary !== undefined, (query) => query.where("canary", "=", columnText(canary ?? "")))
          .orderBy("said_at", "desc")
          // Of two words of one moment the one that holds the release comes first.
          .orderBy("is_open")
          .orderBy("gate_key")
          .execute(),
      );
      return rows.map(gateOf);
    },
  };
}

function rowOf({ namespace, canary, hook, revision, isOpen, at, by }: Gate): Selectable<GateTable> {
  return {
    gate_key: JSON.stringify([namespace, canary, hook, revision]),
    namespace: columnText(namespace),
    canary: columnText(canary),
    hook,
    revision: revision === null ? null : columnText(revision),
    is_open: isOpen ? 1 : 0,
    said_at: Date.parse(at),
    at: columnText(at),
    said_by: columnText(by),
  };
}

function gateOf(row: Selectable<GateTable>): Gate {
  const hook = row.hook === null ? null : gateHooks.find((known) => known === row.hook);
  // A word that is not understood could be one that closes: no answer is better than one without it.
  if (hook === undefined)
    throw new CoalmineError("internal", `a stored gate is about the hook ${row.hook}, which is not known`);
  return {
    namespace: textOfColumn(row.namespace),
    canary: textOfColumn(row.canary),
    hook,
    revision: row.revision === null ? null : textOfColumn(row.revision),
    isOpen: row.is_open === 1,
    at: textOfColumn(row.at),
    by: textOfColumn(row.said_by),
  };
}
