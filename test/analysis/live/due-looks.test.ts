import { expect, it } from "vitest";
import { DueLooks } from "../../../src/analysis/live/due-looks.ts";
import { noObserver } from "../../../src/analysis/live/observer.ts";
import { Watchers } from "../../../src/analysis/live/watchers.ts";
import { runLive } from "../../../src/analysis/run/run-live.ts";
import { createMemoryStore } from "../../../src/store/memory/memory-store.ts";
import { fakeClock } from "../../support/fake-clock.ts";
import { quietLogger } from "../../support/quiet-logger.ts";
import { changeOf, recordOf, specOf } from "../../support/sample-record.ts";

it("says once of a source that the settings do not name any more, however many analyses wait for it", async () => {
  const store = createMemoryStore({ maxRecords: 10 });
  for (const id of ["a", "b"])
    await store.insert(changeOf(recordOf(id, { spec: specOf({ source: ["gone", "default"] }) })));
  const warnings: unknown[] = [];
  const logger = {
    ...quietLogger(),
    warn: (fields: object, message: string) => void warnings.push({ ...fields, message }),
  };
  const read = async () => ({ series: [], warnings: [] });
  const clock = fakeClock(Date.UTC(2026, 0, 1));
  const looks = new DueLooks({
    ...{ store, clock, logger, observer: noObserver, run: runLive },
    queue: {
      open: async () => undefined,
      expect: () => undefined,
      depth: async () => ({ underWay: 0, waiting: 0 }),
      close: async () => undefined,
    },
    sources: new Map([["default", { source: { name: "default", read }, ingestionDelayMs: 0 }]]),
    watchers: new Watchers({ store, clock, logger }),
  });
  for (const id of ["a", "b", "a", "b"]) await looks.take(id, false, new AbortController().signal);
  expect((await store.get("b"))?.result.reason.text).toContain('no source is called "gone"');
  expect(warnings).toEqual([
    { source: "gone", message: "the settings do not name a source any more; analyses wait for it" },
  ]);
});
