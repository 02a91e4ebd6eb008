import { defineConfig } from "vitest/config";

const shared = {
  restoreMocks: true,
  unstubEnvs: true,
  sequence: { shuffle: { files: true, tests: true } },
  // A wait ends when its thing is there; only what never comes takes all of the time, however slow the machine.
  expect: { requireAssertions: true, poll: { timeout: 60_000 } },
} as const;

/**
 * Four projects: `unit` needs nothing but Node and takes seconds; `real` starts
 * the servers that Coalmine meets in the field (built or installed by
 * test/servers) and takes minutes; `argo` and `flagger` start a small Kubernetes for
 * Argo Rollouts' and Flagger's own controllers, each in a network of its own
 * (`npm run test:argo`, `npm run test:flagger`).
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...shared,
          name: "unit",
          setupFiles: "test/support/seed-properties.ts",
          include: ["test/**/*.test.ts"],
          exclude: ["test/real/**"],
          // Nothing here is kept in a module between tests, and a new context for each file costs half the time.
          isolate: false,
          maxWorkers: 2,
          // Some start processes or read the whole tree; a busy machine is no fault of theirs.
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          ...shared,
          name: "real",
          include: ["test/real/**/*.test.ts"],
          exclude: ["test/real/argo-rollouts/**", "test/real/flagger/**"],
          testTimeout: 180_000,
          hookTimeout: 180_000,
          sequence: { shuffle: false },
        },
      },
      {
        test: {
          ...shared,
          name: "argo",
          include: ["test/real/argo-rollouts/**/*.test.ts"],
          globalSetup: "test/servers/control-plane-setup.ts",
          // Releases wait for one another and for their ticks; one that hangs ends with its own wait.
          testTimeout: 600_000,
          hookTimeout: 300_000,
          sequence: { shuffle: false },
          maxWorkers: 2,
        },
      },
      {
        test: {
          ...shared,
          name: "flagger",
          include: ["test/real/flagger/**/*.test.ts"],
          globalSetup: "test/servers/control-plane-setup.ts",
          // A release takes as many ticks of ten seconds as it has steps, and the first test waits for the slowest.
          testTimeout: 900_000,
          hookTimeout: 900_000,
          sequence: { shuffle: false },
          maxWorkers: 3,
        },
      },
    ],
  },
});
