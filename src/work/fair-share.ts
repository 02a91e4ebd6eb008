/**
 * Whose turn it is when looks of several namespaces wait for few slots: theirs who
 * hold the fewest, and of those who hold as many, theirs whose turn was longest
 * ago. So one namespace alone may hold every slot; as soon as another waits, the
 * slots that fall free go to it until both hold as many, and then to both in turn.
 * A slot is never left empty while a look waits.
 */
export class Turns {
  /** The number of its last turn, for each namespace that waited when last asked: who waits no more has its past forgotten. */
  #last = new Map<string, number>();
  #turn = 0;

  /**
   * The namespace whose look is to begin next; null if none waits.
   *
   * @param held how many slots each namespace holds; one that is not named holds none.
   * @param waiting the namespaces with a look that is due and waits for a slot.
   */
  next(held: ReadonlyMap<string, number>, waiting: Iterable<string>): string | null {
    const last = new Map<string, number>();
    let first: Claim | null = null;
    for (const namespace of waiting) {
      const claim = { namespace, slots: held.get(namespace) ?? 0, turn: this.#last.get(namespace) ?? 0 };
      last.set(namespace, claim.turn);
      if (first === null || comesBefore(claim, first)) first = claim;
    }
    this.#last = last;
    if (first === null) return null;
    this.#turn += 1;
    last.set(first.namespace, this.#turn);
    return first.namespace;
  }
}

interface Claim {
  readonly namespace: string;
  readonly slots: number;
  readonly turn: number;
}

function comesBefore(a: Claim, b: Claim): boolean {
  return a.slots < b.slots || (a.slots === b.slots && a.turn < b.turn);
}
