import { setTimeout as sleep } from "node:timers/promises";

/** Something that is looked at until it is closed. */
export interface Looking {
  /** @throws what the last look did. */
  close(): Promise<void>;
}

/** Looks twice a second; a look that fails is tried again. */
export function keepLooking(look: () => Promise<void>): Looking {
  let isOpen = true;
  let failed: unknown = null;
  const looking = (async () => {
    while (isOpen) {
      await look().then(
        () => {
          failed = null;
        },
        (error: unknown) => {
          failed = error;
        },
      );
      await sleep(500);
    }
  })();
  return {
    async close() {
      isOpen = false;
      await looking;
      if (failed !== null) throw failed;
    },
  };
}
