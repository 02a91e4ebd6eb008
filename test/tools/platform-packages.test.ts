import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { completeLock, missingPlatformPackages, type PackageLock } from "../../tools/platform-packages.ts";

const lock = {
  packages: {
    "": {},
    "node_modules/linter": {
      version: "2.0.0",
      optionalDependencies: {
        "@linter/linux-x64": "2.0.0",
        "@linter/linux-arm64-musl": "2.0.0",
        "@linter/win32-x64-msvc": "2.0.0",
      },
    },
    "node_modules/@linter/linux-x64": { version: "2.0.0" },
  },
};

describe("missingPlatformPackages", () => {
  it("finds none in this repository's lock, so that `npm ci` accepts it (else: npm run lock)", () => {
    const own = JSON.parse(
      readFileSync(join(import.meta.dirname, "../../package-lock.json"), "utf8"),
    ) as PackageLock;
    expect([...missingPlatformPackages(own).keys()]).toEqual([]);
  });

  it("names those that an entry wants and the lock lacks", () => {
    expect([...missingPlatformPackages(lock).keys()]).toEqual([
      "@linter/linux-arm64-musl",
      "@linter/win32-x64-msvc",
    ]);
  });
});

describe("completeLock", () => {
  it("adds them in order, with the platform their name tells", () => {
    const { packages } = completeLock(lock);
    expect(Object.keys(packages)).toEqual([
      "",
      "node_modules/@linter/linux-arm64-musl",
      "node_modules/@linter/linux-x64",
      "node_modules/@linter/win32-x64-msvc",
      "node_modules/linter",
    ]);
    expect(packages["node_modules/@linter/linux-arm64-musl"]).toEqual({
      version: "2.0.0",
      dev: true,
      optional: true,
      os: ["linux"],
      cpu: ["arm64"],
      libc: ["musl"],
    });
  });

  it("calls processors what npm calls them, whatever the package does", () => {
    const wanted = { "@linter/linux-aarch64": "2.0.0", "@linter/linux-armv7": "2.0.0" };
    const { packages } = completeLock({ packages: { linter: { optionalDependencies: wanted } } });
    expect(packages["node_modules/@linter/linux-aarch64"]).toMatchObject({ cpu: ["arm64"] });
    expect(packages["node_modules/@linter/linux-armv7"]).toMatchObject({ cpu: ["arm"] });
  });

  it("refuses a name that tells no platform", () => {
    expect(() => completeLock({ packages: { a: { optionalDependencies: { fast: "1.0.0" } } } })).toThrow(
      "fast",
    );
  });
});
