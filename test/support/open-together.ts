/**
 * Opens several things as one: `open` defers what closes each as it goes. If one
 * cannot be had, those before it are closed, and its error is thrown.
 */
export async function openTogether<T>(open: (opened: AsyncDisposableStack) => Promise<T>): Promise<T> {
  const opened = new AsyncDisposableStack();
  try {
    return await open(opened);
  } catch (error) {
    await opened.disposeAsync();
    throw error;
  }
}
