/** How long a scrape waits for one number: Prometheus gives it ten seconds for all of them. */
const patienceMs = 1_000;

/**
 * What a callback of a gauge tells, and null if it fails or does not answer
 * within a second: one number that is not to be had must not cost the others.
 */
export async function askedInTime<T>(ask: () => T | Promise<T>): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), patienceMs);
  });
  try {
    return await Promise.race([Promise.resolve(ask()), late]);
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
}
