import { describe, expect, it } from "vitest";
import {
  asksForMultiplexing,
  handshakeLine,
  isStartedByHost,
  negotiateVersion,
} from "../../../src/wire/go-plugin/handshake.ts";

describe("isStartedByHost", () => {
  const cookie = { key: "SOME_PLUGIN", value: "metric" };

  it("is so when the variable has the value", () => {
    expect(isStartedByHost(cookie, { SOME_PLUGIN: "metric" })).toBe(true);
  });

  it.each([{}, { SOME_PLUGIN: "" }, { SOME_PLUGIN: "step" }, { OTHER: "metric" }])(
    "is not so for %j",
    (env) => {
      expect(isStartedByHost(cookie, env)).toBe(false);
    },
  );

  it.each([
    { key: "", value: "metric" },
    { key: "SOME_PLUGIN", value: "" },
  ])("refuses the cookie %j", (empty) => {
    expect(() => isStartedByHost(empty, { SOME_PLUGIN: "" })).toThrow("magic cookie with a key and a value");
  });
});

describe("negotiateVersion", () => {
  it.each([
    { served: [1], offered: "1", version: 1 },
    { served: [1, 2, 3], offered: "2,1", version: 2 },
    { served: [3, 1, 2], offered: "1,2,3,4", version: 3 },
    { served: [10, 9], offered: "9,10", version: 10 },
    { served: [0, 1], offered: "0", version: 0 },
    { served: [1, 2], offered: "x,2,", version: 2 },
  ])("takes the newest both know: $served and $offered give $version", ({ served, offered, version }) => {
    expect(negotiateVersion(served, offered)).toBe(version);
  });

  it.each([undefined, "", "7", "x", "1.0", "0x1"])(
    "takes the oldest served if the host offers %j",
    (offered) => {
      expect(negotiateVersion([3, 2, 4], offered)).toBe(2);
    },
  );

  it.each([[[]], [[-1]], [[1.5]], [[Number.NaN]]])("refuses to serve the versions %j", (served) => {
    expect(() => negotiateVersion(served, "1")).toThrow("protocol versions of 0 or more wanted");
  });
});

describe("handshakeLine", () => {
  const unix = { network: "unix", address: "/tmp/plugin1" } as const;

  it("has the six fields that go-plugin reads, the certificate empty", () => {
    expect(handshakeLine({ version: 1, address: unix, protocol: "netrpc", multiplexes: false })).toBe(
      "1|1|unix|/tmp/plugin1|netrpc|\n",
    );
    const address = { network: "tcp", address: "127.0.0.1:10000" } as const;
    expect(handshakeLine({ version: 5, address, protocol: "grpc", multiplexes: false })).toBe(
      "1|5|tcp|127.0.0.1:10000|grpc|\n",
    );
  });

  it("has a seventh field for a host that wants one connection to hold all", () => {
    expect(handshakeLine({ version: 1, address: unix, protocol: "grpc", multiplexes: true })).toBe(
      "1|1|unix|/tmp/plugin1|grpc||true\n",
    );
  });

  it.each(["/tmp/a|b", "/tmp/a\nb"])("refuses the address %j, which would be read as two", (address) => {
    const where = { network: "unix", address } as const;
    expect(() =>
      handshakeLine({ version: 1, address: where, protocol: "netrpc", multiplexes: false }),
    ).toThrow("without");
  });
});

describe("asksForMultiplexing", () => {
  it.each(["true", "1", "T", "True"])("is so for %j", (asked) => {
    expect(asksForMultiplexing(asked)).toBe(true);
  });

  it.each([undefined, "", "false", "0", "yes", "tRUE"])("is not so for %j", (asked) => {
    expect(asksForMultiplexing(asked)).toBe(false);
  });
});
