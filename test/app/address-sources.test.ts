import { describe, expect, it } from "vitest";
import type { NamedSource } from "../../src/analysis/pick-sources.ts";
import { readAddressPattern } from "../../src/app/address-pattern.ts";
import { addressSources } from "../../src/app/address-sources.ts";

const named = (name: string): NamedSource => ({
  source: { name, read: async () => ({ series: [], warnings: [] }) },
  ingestionDelayMs: 0,
});

function setUp(...patterns: string[]) {
  const sources = new Map([["default", named("default")]]);
  const opened: string[] = [];
  const allowed = patterns.map(readAddressPattern).filter((pattern) => pattern !== null);
  const open = (address: string) => {
    opened.push(address);
    return named(address);
  };
  return { sources, opened, sourceAt: addressSources({ sources, allowed, open }) };
}

describe("addressSources", () => {
  it("opens an allowed address once and gives it a name", () => {
    const { sources, opened, sourceAt } = setUp("http://*:9090");
    const name = sourceAt("http://a:9090");
    expect(sourceAt("http://a:9090")).toBe(name);
    expect(sources.get(name)?.source.name).toBe("http://a:9090");
    expect(opened).toEqual(["http://a:9090"]);
  });

  it("refuses all others, naming the settings' sources and not those that other specs opened", () => {
    const { sourceAt, opened } = setUp("http://a:9090");
    sourceAt("http://a:9090");
    expect(() => sourceAt("http://169.254.169.254/")).toThrow(
      /not allowed here.*\(default\).*allowedAddresses/,
    );
    expect(opened).toHaveLength(1);
  });

  it("opens a hundred and no more", () => {
    const { sourceAt } = setUp("http://*:9090");
    for (let i = 0; i < 100; i++) sourceAt(`http://host-${i}:9090`);
    expect(() => sourceAt("http://one-more:9090")).toThrow(/100 addresses/);
    expect(sourceAt("http://host-7:9090")).toBe("http://host-7:9090");
  });
});
