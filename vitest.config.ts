import { defineConfig } from "vitest/config";

const shared = {
  restoreMocks: true,
  unstubEnvs: true,
  sequence: { shuffle: { files: true, tests: true } },
  expect: { requireAssertions: true },
} as const;

/**
 * Three projects: `unit` needs nothing but Node and takes seconds; `real` starts
 * the servers that Coalmine meets in the field (built or installed by
 * test/servers) and takes minutes; `argo` starts a small Kubernetes for Argo
 * Rollouts' stock controller, in a network of its own (`npm run test:argo`).
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
        },
      },
      {
        test: {
          ...shared,
          name: "real",
          include: ["test/real/**/*.test.ts"],
          exclude: ["test/real/argo-rollouts/**"],
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
    ],
  },
});
