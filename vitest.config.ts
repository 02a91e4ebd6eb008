import { defineConfig } from "vitest/config";

const shared = {
  restoreMocks: true,
  unstubEnvs: true,
  sequence: { shuffle: { files: true, tests: true } },
  expect: { requireAssertions: true },
} as const;

/**
 * Two projects: `unit` needs nothing but Node and takes seconds; `real` starts
 * the servers that Coalmine meets in the field (built or installed by
 * test/servers) and takes minutes.
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
          testTimeout: 180_000,
          hookTimeout: 180_000,
          sequence: { shuffle: false },
        },
      },
    ],
  },
});
