import { describe, expect, it } from "vitest";
import { scrapeSourceSettings } from "../../../src/sources/scrape/scrape-settings.ts";

function problems(input: unknown): readonly string[] {
  const parsed = scrapeSourceSettings.safeParse(input);
  return parsed.success
    ? []
    : parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
}

const url = "http://10.0.0.1:8080/metrics";

describe("scrapeSourceSettings", () => {
  it("fills in the defaults", () => {
    expect(scrapeSourceSettings.parse({ targets: [url] })).toEqual({
      targets: [{ url, labels: {} }],
      intervalMs: 5_000,
      retentionMs: 900_000,
      honourTimestamps: false,
    });
  });

  it("takes targets with labels, and durations as text or seconds", () => {
    const labels = { pod: "a-1", version: "v1" };
    const input = {
      targets: [{ url, labels }, url],
      interval: "250ms",
      retention: 600,
      honourTimestamps: true,
    };
    expect(scrapeSourceSettings.parse(input)).toEqual({
      targets: [
        { url, labels },
        { url, labels: {} },
      ],
      intervalMs: 250,
      retentionMs: 600_000,
      honourTimestamps: true,
    });
  });

  it.each([
    [{ targets: [] }, "targets"],
    [{}, "targets"],
    [{ targets: Array.from({ length: 201 }, (_, index) => `http://10.0.0.1:${index + 1}`) }, "targets"],
    [{ targets: ["10.0.0.1:8080"] }, "targets.0.url"],
    [{ targets: ["file:///etc/passwd"] }, "targets.0.url"],
    [{ targets: [{ url, labels: { __name__: "x" } }] }, "targets.0.labels.__name__"],
    [{ targets: [{ url, labels: { "my-label": "x" } }] }, "targets.0.labels.my-label"],
    [{ targets: [{ url, labels: { pod: "" } }] }, "targets.0.labels.pod"],
    [{ targets: [{ url, lables: {} }] }, "targets.0"],
    [{ targets: [url], interval: "10ms" }, "interval"],
    [{ targets: [url], interval: "often" }, "interval"],
    [{ targets: [url], retention: "7h" }, "retention"],
    [{ targets: [url], interval: "1m", retention: "2m" }, "retention"],
    [{ targets: [url], intervall: "5s" }, ""],
  ])("says what is wrong with %j", (input, path) => {
    const found = problems(input);
    expect(found).toHaveLength(1);
    expect(found[0]?.startsWith(`${path}: `)).toBe(true);
  });

  it("does not repeat a password that it refuses", () => {
    const found = problems({ targets: ["http://me:secret@10.0.0.1/metrics"] });
    expect(found).toHaveLength(1);
    expect(found[0]).not.toContain("secret");
  });
});
