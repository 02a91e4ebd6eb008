import { defineConfig } from "vitest/config";

const shared = {
  restoreMocks: true,
  unstubEnvs: true,
  sequence: { shuffle: { files: true, tests: true } },
  expect: { requireAssertions: true },
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
          include: ["test/**/*.test.ts"],
          exclude: ["test/real/**"],
          // Nothing here is kept in a module between tests, and a new context for each file costs half the time.
          isolate: false,
          maxWorkers: 2,
          // Some start processes or read the whole tree; a busy machine is no fault of theirs.
          testTimeout: 30_000,
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
          testTimeout: 180_000,
          hookTimeout: 180_000,
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
          // A release takes as many ticks of ten seconds as it has steps.
          testTimeout: 300_000,
          hookTimeout: 180_000,
          sequence: { shuffle: false },
          maxWorkers: 3,
        },
      },
    ],
  },
});
