import type { LookRecord } from "../../analysis/analysis-record.ts";

interface StoredPath {
  readonly id: string;
  readonly looks: readonly LookRecord[];
  readonly revision: number;
}

/** How a path differs from the one that is stored under `revision`: by so many looks at its end. */
export interface KnownPath {
  readonly revision: number;
  readonly added: 0 | 1;
}

/**
 * The evidence paths that this process knows to be stored, so that an update adds
 * a row for the new look instead of writing the path again. It goes by the looks
 * themselves (the same objects, which nobody changes), and by the row's revision:
 * if another process wrote since, the knowledge is void.
 *
 * A path is remembered for as long as somebody holds its last look.
 */
export class StoredPaths {
  readonly #byLastLook = new WeakMap<LookRecord, StoredPath>();

  /** Null where the path is not one that is stored with at most a look more. */
  find(id: string, looks: readonly LookRecord[]): KnownPath | null {
    for (const added of [0, 1] as const) {
      const last = looks.at(-1 - added);
      const stored = last === undefined ? undefined : this.#byLastLook.get(last);
      if (stored?.id === id && isStartOf(stored.looks, looks, added))
        return { revision: stored.revision, added };
    }
    return null;
  }

  remember(id: string, looks: readonly LookRecord[], revision: number): void {
    const last = looks.at(-1);
    if (last !== undefined) this.#byLastLook.set(last, { id, looks, revision });
    const before = looks.at(-2);
    // Each look was the last one once: all of them together would hold the square of the path.
    if (before !== undefined) this.#byLastLook.delete(before);
  }
}

function isStartOf(stored: readonly LookRecord[], looks: readonly LookRecord[], added: number): boolean {
  return stored.length === looks.length - added && stored.every((look, index) => look === looks[index]);
}
