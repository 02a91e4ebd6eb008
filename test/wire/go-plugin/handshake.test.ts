import { describe, expect, it } from "vitest";
import { handshakeLine, isStartedByHost, negotiateVersion } from "../../../src/wire/go-plugin/handshake.ts";

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
  it("has the six fields that go-plugin reads, the certificate empty", () => {
    expect(handshakeLine(1, { network: "unix", address: "/tmp/plugin1" })).toBe(
      "1|1|unix|/tmp/plugin1|netrpc|\n",
    );
    expect(handshakeLine(5, { network: "tcp", address: "127.0.0.1:10000" })).toBe(
      "1|5|tcp|127.0.0.1:10000|netrpc|\n",
    );
  });

  it.each(["/tmp/a|b", "/tmp/a\nb"])("refuses the address %j, which would be read as two", (address) => {
    expect(() => handshakeLine(1, { network: "unix", address })).toThrow("without");
  });
});
