/**
 * Keeps package-lock.json whole. A package with native parts lists one optional
 * package a platform. Where a registry does not serve one of them (a mirror may
 * lag), `npm install` silently leaves it out of the lock, and `npm ci` then
 * refuses that lock everywhere.
 */

/** The part of package-lock.json that is read and completed. */
export interface PackageLock {
  readonly packages: Readonly<Record<string, LockEntry>>;
}

/** One package in the lock. */
export interface LockEntry {
  readonly version?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

/** The optional packages that some entry of the lock wants and the lock does not have: name → version. */
export function missingPlatformPackages(lock: PackageLock): ReadonlyMap<string, string> {
  const wanted = Object.values(lock.packages).flatMap((entry) =>
    Object.entries(entry.optionalDependencies ?? {}),
  );
  const held = new Set(Object.keys(lock.packages).map((path) => path.replace(/^.*node_modules\//, "")));
  return new Map(wanted.filter(([name]) => !held.has(name)));
}

/**
 * The lock with an entry for each missing package: enough for npm to pass over
 * it on another platform, and to fetch it (without a checksum) on its own.
 *
 * @throws Error if a package's name does not tell its platform.
 */
export function completeLock(lock: PackageLock): PackageLock {
  const added = [...missingPlatformPackages(lock)].map(([name, version]) => {
    return [`node_modules/${name}`, { version, dev: true, optional: true, ...platformOf(name) }] as const;
  });
  const entries = [...Object.entries(lock.packages), ...added].sort(([a], [b]) => a.localeCompare(b, "en"));
  return { ...lock, packages: Object.fromEntries(entries) };
}

const platformName =
  /\b(aix|android|darwin|freebsd|linux|netbsd|openbsd|openharmony|sunos|win32)-(aarch64|arm64|armv7|arm|ia32|loong64|mips64el|ppc64|riscv64|s390x|x64)(?:-(\w+))?$/;

/** What npm calls the processors that some packages are named after otherwise. */
const npmNames: Readonly<Record<string, string>> = { aarch64: "arm64", armv7: "arm" };

function platformOf(name: string): { os: string[]; cpu: string[]; libc?: string[] } {
  const [, os, cpu, abi] = platformName.exec(name) ?? [];
  if (os === undefined || cpu === undefined)
    throw new Error(`${name}: its name does not tell its platform; add it to package-lock.json by hand`);
  const libc =
    os === "linux" && abi !== undefined ? { libc: [abi.startsWith("musl") ? "musl" : "glibc"] } : {};
  return { os: [os], cpu: [npmNames[cpu] ?? cpu], ...libc };
}
