import { describe, expect, it } from "vitest";
import { readAddressPattern } from "../../../src/app/settings/address-pattern.ts";
import { readSettings } from "../../../src/app/settings/settings.ts";

const allows = (pattern: string, address: string) => readAddressPattern(pattern)?.allows(address);

describe("readAddressPattern", () => {
  it.each([
    ["http://prometheus:9090", "http://prometheus:9090"],
    ["http://prometheus:9090", "http://prometheus:9090/"],
    ["http://prometheus", "http://prometheus:80"],
    ["https://prometheus", "https://prometheus:443/select/0"],
    ["http://prometheus.*.svc:9090", "http://prometheus.team-a.svc:9090"],
    ["http://prom-*.svc:*", "http://prom-eu.svc:9091"],
    ["HTTP://Prometheus:9090", "http://prometheus:9090"],
    ["http://gateway/tenants/a", "http://gateway/tenants/a/api"],
  ])("%s allows %s", (pattern, address) => {
    expect(allows(pattern, address)).toBe(true);
  });

  it.each([
    ["http://prometheus:9090", "https://prometheus:9090"],
    ["http://prometheus:9090", "http://prometheus:9091"],
    ["http://prometheus:9090", "http://prometheus.evil:9090"],
    ["http://prometheus.*.svc:9090", "http://prometheus.a.b.svc:9090"],
    ["http://prometheus.*.svc:9090", "http://prometheus.svc:9090"],
    ["http://*:9090", "http://user:pass@prometheus:9090"],
    ["http://*:9090", "http://prometheus:9090/?query=up"],
    ["http://*:9090", "http://prometheus:9090/#x"],
    ["http://gateway/tenants/a", "http://gateway/tenants/ab"],
    ["http://gateway/tenants/a", "http://gateway/tenants/a/../b"],
    ["http://*:9090", "no address"],
    ["http://*:9090", "http://[::1]:9090"],
    ["http://*:9090", "http://[::ffff:169.254.169.254]:9090"],
    ["http://prometheus.*.svc:9090", "http://prometheus..svc:9090"],
    ["http://prometheus.*.svc:9090", "http://prometheus.a.svc.:9090"],
    ["http://gateway/tenants/a", "http://gateway/tenants/a/..%2fb"],
    ["http://gateway/tenants/a", "http://gateway/tenants/a/%2e%2e/b"],
  ])("%s does not allow %s", (pattern, address) => {
    expect(allows(pattern, address)).toBe(false);
  });

  it.each(["prometheus:9090", "ftp://prometheus", "http://prom etheus", "http://user@prometheus", ""])(
    "%j is no pattern",
    (text) => {
      expect(readAddressPattern(text)).toBeNull();
    },
  );

  it.each([
    ["http://10.0.0.7:9090", "anywhere"],
    ["http://127.0.0.1:9090", "anywhere"],
    ["http://localhost:9090", "this-machine"],
    ["http://prometheus:9090", "private"],
    ["https://prometheus.shop.example", "private"],
    ["http://prometheus.*.svc:9090", "private"],
    ["http://Prometheus.*.SVC:9090", "private"],
    ["http://*.monitoring.svc.cluster.local:9090", "private"],
    ["http://10.0.*.*:9090", "private"],
    ["http://127.0.0.*:9090", "private"],
    ["http://*.example:9090", "public"],
    ["http://*:9090", "public"],
    ["http://*.*.*.*:9090", "public"],
    ["http://prometheus.*.svc.evil.example:9090", "public"],
    ["http://*svc:9090", "public"],
  ])("%s leads %s", (pattern, reach) => {
    expect(readAddressPattern(pattern)?.reach).toBe(reach);
  });

  it("leads into private networks where the operator says so, and no further", () => {
    expect(readAddressPattern("http://*.corp.example", { privateNetworks: true })?.reach).toBe("private");
  });
});

it("is a text in the settings, or a map that says more", () => {
  const read = (allowedAddresses: readonly unknown[]) =>
    readSettings({ allowedAddresses }, {}).allowedAddresses.map(({ reach }) => reach);
  const url = "http://*.corp.example:9090";
  expect(read([url, { url }, { url, privateNetworks: true }])).toEqual(["public", "public", "private"]);
  expect(() => read([{ url, private: true }])).toThrow(/allowedAddresses\.0\.private: unknown key `private`/);
  expect(() => read([{ url: "no address" }])).toThrow(/expected a URL such as/);
});
