import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, it } from "vitest";
import { forgetInTime } from "../../../src/app/store/forget-in-time.ts";
import { createManualClock } from "../../sources/scrape/manual-clock.ts";
import { quietLogger } from "../../support/quiet-logger.ts";

const minute = 60_000;
const start = Date.UTC(2026, 0, 1);

it("forgets analyses and entries by how long each is kept, soon after the start and every hour", async () => {
  const clock = createManualClock(start);
  const asked: (readonly [what: string, before: number])[] = [];
  const store = {
    async forget({ endedBefore }: { readonly endedBefore: number }) {
      asked.push(["analyses", endedBefore - start]);
      return 0;
    },
    async forgetEntries(before: number) {
      asked.push(["entries", before - start]);
      return 0;
    },
  };
  const keeping = { keepMs: 60 * minute, keepAuditMs: 120 * minute };
  const forgetting = forgetInTime({ store, clock, logger: quietLogger(), ...keeping });
  const moveTo = async (ms: number) => {
    clock.moveTo(start + ms);
    for (let turn = 0; turn < 5; turn++) await nextTurn();
  };
  await moveTo(9 * minute);
  expect(asked).toEqual([]);
  await moveTo(10 * minute);
  await moveTo(70 * minute);
  expect(asked).toEqual([
    ["analyses", -50 * minute],
    ["entries", -110 * minute],
    ["analyses", 10 * minute],
    ["entries", -50 * minute],
  ]);
  await forgetting.stop();
});
