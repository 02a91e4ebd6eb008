import { describe, expect, it } from "vitest";
import type { NamedSource } from "../../../src/analysis/pick-sources.ts";
import { addressSources } from "../../../src/app/argo-plugin/address-sources.ts";
import { readAddressPattern } from "../../../src/app/settings/address-pattern.ts";

const named = (name: string): NamedSource => ({
  source: { name, read: async () => ({ series: [], warnings: [] }) },
  ingestionDelayMs: 0,
});

function setUp(...patterns: string[]) {
  const sources = new Map([["default", named("default")]]);
  const opened: string[] = [];
  const leadingTo = new Map<string, (ip: string) => boolean>();
  const allowed = patterns
    .map((pattern) => readAddressPattern(pattern))
    .filter((pattern) => pattern !== null);
  const open = (address: string, mayConnectTo: (ip: string) => boolean) => {
    opened.push(address);
    leadingTo.set(address, mayConnectTo);
    return named(address);
  };
  return { sources, opened, leadingTo, openSource: addressSources({ sources, allowed, open }) };
}

describe("addressSources", () => {
  it("opens an allowed address once and gives it a name", () => {
    const { sources, opened, openSource } = setUp("http://*:9090");
    openSource("http://a:9090");
    openSource("http://a:9090");
    expect(sources.get("http://a:9090")?.source.name).toBe("http://a:9090");
    expect(opened).toEqual(["http://a:9090"]);
  });

  it("refuses all others, naming the settings' sources and not those that other specs opened", () => {
    const { openSource, opened } = setUp("http://a:9090");
    openSource("http://a:9090");
    expect(() => openSource("http://169.254.169.254/")).toThrow(
      /not allowed here.*\(default\).*allowedAddresses/,
    );
    expect(opened).toHaveLength(1);
  });

  it("lets an address lead where the patterns that allow it lead, and those that do not have no say", () => {
    const { leadingTo, openSource } = setUp(
      "http://*.example:9090",
      "http://a.example:*",
      "http://127.0.0.1:9090",
    );
    for (const address of ["http://a.example:9090", "http://b.example:9090", "http://127.0.0.1:9090"])
      openSource(address);
    const led = (address: string) =>
      ["8.8.8.8", "10.0.0.1", "127.0.0.1", "169.254.169.254"].filter((ip) => leadingTo.get(address)?.(ip));
    expect(led("http://a.example:9090")).toEqual(["8.8.8.8", "10.0.0.1"]);
    expect(led("http://b.example:9090")).toEqual(["8.8.8.8"]);
    expect(led("http://127.0.0.1:9090")).toContain("127.0.0.1");
  });

  it("holds the last hundred that were asked for, so that nobody's addresses keep others out", () => {
    const { sources, openSource } = setUp("http://*:9090");
    for (let i = 0; i < 100; i++) openSource(`http://host-${i}:9090`);
    openSource("http://host-0:9090");
    openSource("http://one-more:9090");
    expect(sources.get("http://one-more:9090")?.source.name).toBe("http://one-more:9090");
    expect(sources.size).toBe(101);
    expect(sources.has("default")).toBe(true);
    expect(sources.has("http://host-0:9090")).toBe(true);
    expect(sources.has("http://host-1:9090")).toBe(false);
  });

  it("repeats no user, password or parameter of an address that it refuses", () => {
    const { openSource } = setUp("http://a:9090");
    expect(() => openSource("http://reader:s3cret@a:9090/x?token=s3cret#s3cret")).toThrow(
      /^(?!.*(s3cret|reader))(?=.*"http:\/\/a:9090\/x")/s,
    );
    expect(() => openSource("http://s3cret:@@@:x")).toThrow(
      /^(?!.*s3cret).*the address of the source is not/s,
    );
  });
});
