/** Told that a call has ended, and with what error; null if it went well. */
export type CallEnded = (error: unknown) => void;

/**
 * The same object, with each call of a method that answers with a promise
 * watched. Others (a property, a method that answers at once, an asynchronous
 * iterable) are as they were.
 *
 * @param watch asked once for each method, when it is first called; what it
 *   returns is asked right before each call.
 */
export function watchCalls<T extends object>(target: T, watch: (method: string) => () => CallEnded): T {
  const watches = new Map<string, () => CallEnded>();
  const watchOf = (method: string): (() => CallEnded) => {
    const known = watches.get(method) ?? watch(method);
    watches.set(method, known);
    return known;
  };
  return new Proxy(target, {
    get(object, property) {
      const value: unknown = Reflect.get(object, property, object);
      if (typeof value !== "function" || typeof property !== "string") return value;
      return (...given: unknown[]): unknown => {
        // Begun before it is known to be a promise: a store in the process does all its work in the call.
        const end = watchOf(property)();
        const answered: unknown = Reflect.apply(value, object, given);
        return answered instanceof Promise ? watched(answered, end) : answered;
      };
    },
  });
}

async function watched(answer: Promise<unknown>, end: CallEnded): Promise<unknown> {
  try {
    const value = await answer;
    end(null);
    return value;
  } catch (error) {
    end(error);
    throw error;
  }
}
