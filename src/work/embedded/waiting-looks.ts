import TinyQueue from "tinyqueue";
import type { DueLook } from "../../analysis/ports.ts";
import { Turns } from "../fair-share.ts";

/** Looks that are due and wait for a slot, by namespace; those that were replaced meanwhile are passed over. */
export class WaitingLooks<Look extends DueLook> {
  readonly #byNamespace = new Map<string, TinyQueue<Look>>();
  readonly #isCurrent: (look: Look) => boolean;
  readonly #turns = new Turns();
  #size = 0;

  constructor(isCurrent: (look: Look) => boolean) {
    this.#isCurrent = isCurrent;
  }

  /** With those that were replaced. */
  get size(): number {
    return this.#size;
  }

  clear(): void {
    this.#byNamespace.clear();
    this.#size = 0;
  }

  add(look: Look): void {
    this.#size += 1;
    const queue = this.#byNamespace.get(look.namespace);
    if (queue === undefined) this.#byNamespace.set(look.namespace, new TinyQueue([look], byDueTime));
    else queue.push(look);
  }

  /** Takes out the one that has waited longest of the namespace whose turn it is; null if none waits. */
  next(held: ReadonlyMap<string, number>): Look | null {
    this.#passOver();
    const namespace = this.#turns.next(held, this.#byNamespace.keys());
    const queue = namespace === null ? undefined : this.#byNamespace.get(namespace);
    return queue === undefined ? null : this.#drop(queue);
  }

  /** A namespace that is left here has a look that really waits. */
  #passOver(): void {
    for (const [namespace, queue] of this.#byNamespace) {
      for (let look = queue.peek(); look !== undefined && !this.#isCurrent(look); look = queue.peek())
        this.#drop(queue);
      if (queue.length === 0) this.#byNamespace.delete(namespace);
    }
  }

  #drop(queue: TinyQueue<Look>): Look | null {
    this.#size -= 1;
    return queue.pop() ?? null;
  }
}

/** Those due first come first. */
export function byDueTime(a: DueLook, b: DueLook): number {
  return a.dueAt - b.dueAt;
}
