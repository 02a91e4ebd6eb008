/** Runs a task after those of the same key that came before; those of other keys go on beside it. */
export type InTurn = <T>(key: string, task: () => Promise<T>) => Promise<T>;

/** Keys without a task under way take no memory. */
export function createTurns(): InTurn {
  const last = new Map<string, Promise<unknown>>();
  return (key, task) => {
    const before = last.get(key);
    const turn = before === undefined ? task() : before.then(task, task);
    const forget = () => {
      if (last.get(key) === turn) last.delete(key);
    };
    last.set(key, turn);
    turn.then(forget, forget);
    return turn;
  };
}
