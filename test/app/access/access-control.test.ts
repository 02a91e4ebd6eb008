import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { type AccessOptions, openAccess } from "../../../src/app/access/access-control.ts";
import { readSettings } from "../../../src/app/settings/settings.ts";
import type { Clock } from "../../../src/base/clock.ts";
import type { Logger } from "../../../src/base/logger.ts";
import { fakeClock } from "../../support/fake-clock.ts";

async function open(file: object, options: Partial<AccessOptions> = {}) {
  const warnings: string[] = [];
  const logger: Logger = {
    info: () => undefined,
    warn: (_fields, message) => void warnings.push(message),
    error: () => undefined,
  };
  const settings = readSettings(file, {});
  const access = await openAccess({ settings, environment: {}, clock: fakeClock(0), logger, ...options });
  onTestFinished(() => access.close());
  return { access, warnings };
}

const neverAgain: Clock = { now: () => 0, until: () => new Promise(() => undefined) };

const everywhere = { host: "0.0.0.0" };
const tokens = [{ name: "ci", token: "s3cret-of-ci-00001", namespaces: ["shop"] }];

describe("without settings", () => {
  it.each(["127.0.0.1", "::1", "localhost"])("everybody may do everything on %s", async (host) => {
    const { access, warnings } = await open({ listen: { host } });
    expect(access).toMatchObject({ isOn: false, told: "off" });
    const caller = await access.callerOf(null);
    expect([caller?.mayRead("shop"), caller?.mayWrite("")]).toEqual([true, true]);
    access.announce();
    expect(warnings).toEqual([]);
  });

  it.each(["0.0.0.0", "::", "10.1.2.3", "coalmine.example"])(
    "nothing is served on %s, and both ways out are told",
    async (host) => {
      await expect(open({ listen: { host } })).rejects.toMatchObject({
        code: "invalid-settings",
        message: expect.stringMatching(/access: is missing.*access\.tokens.*access: \{mode: off\}/),
      });
    },
  );
});

describe("with mode: off", () => {
  it("everybody may do everything anywhere, and the log says so every hour until it is closed", async () => {
    const waits: number[] = [];
    let wake: () => void = () => undefined;
    const clock: Clock = {
      now: () => 5_000,
      until: (time, signal) =>
        new Promise((resolve, reject) => {
          waits.push(time - 5_000);
          wake = resolve;
          signal.addEventListener("abort", () => reject(signal.reason));
        }),
    };
    const { access, warnings } = await open({ listen: everywhere, access: { mode: "off" } }, { clock });
    expect((await access.callerOf(null))?.mayWrite("shop")).toBe(true);
    expect(warnings).toEqual([]);
    access.announce();
    await nextTurn();
    wake();
    await nextTurn();
    expect(waits).toEqual([3_600_000, 3_600_000]);
    expect(warnings).toHaveLength(2);
    expect(new Set(warnings).size).toBe(1);
    expect(warnings[0]).toContain("whoever reaches this address may ask for anything");
    await access.close();
    await nextTurn();
    expect(warnings).toHaveLength(2);
  });
});

it("with mode: off the log warns of an address for gRPC too, and of none that only this machine reaches", async () => {
  const access = { mode: "off" };
  for (const [grpc, count] of [
    [{ host: "0.0.0.0" }, 1],
    [{ host: "127.0.0.1" }, 0],
  ] as const) {
    const opened = await open({ grpc, access }, { clock: neverAgain });
    opened.access.announce();
    expect(opened.warnings, grpc.host).toHaveLength(count);
  }
});

describe("with tokens", () => {
  it("only their holders are known, wherever it listens", async () => {
    for (const listen of [everywhere, {}]) {
      const { access, warnings } = await open({ listen, access: { tokens } });
      expect(access).toMatchObject({ isOn: true, told: "on, 1 token" });
      expect(await access.callerOf(null)).toBeNull();
      expect(await access.callerOf("s3cret-of-ci-00002")).toBeNull();
      expect((await access.callerOf("s3cret-of-ci-00001"))?.name).toBe("ci");
      access.announce();
      expect(warnings).toEqual([]);
    }
  });
});

it("service accounts need a cluster that something leads to", async () => {
  await expect(open({ access: { serviceAccounts: {} } })).rejects.toThrow(/the Kubernetes API is unknown/);
});
