import { describe, expect, it } from "vitest";
import { metricsUrl, seriesLabels, targetLabels } from "../../../src/sources/scrape/target.ts";

function stored(scraped: Readonly<Record<string, string>>, target: Readonly<Record<string, string>>) {
  const sample = {
    line: 1,
    name: "hits_total",
    labels: new Map(Object.entries(scraped)),
    value: 1,
    time: null,
  };
  return seriesLabels(sample, target);
}

describe("metricsUrl", () => {
  it.each([
    ["http://10.0.0.1:8080", "http://10.0.0.1:8080/metrics"],
    ["http://10.0.0.1:8080/", "http://10.0.0.1:8080/metrics"],
    ["http://10.0.0.1:8080/stats/prometheus", "http://10.0.0.1:8080/stats/prometheus"],
    ["http://10.0.0.1:8080/?module=http", "http://10.0.0.1:8080/?module=http"],
  ])("asks for %s at %s", (url, asked) => {
    expect(metricsUrl({ url, labels: {} }).href).toBe(asked);
  });
});

describe("targetLabels", () => {
  it.each([
    ["http://10.0.0.1:8080/metrics", "10.0.0.1:8080"],
    ["http://shop.example/metrics", "shop.example:80"],
    ["https://shop.example/metrics", "shop.example:443"],
    ["http://[::1]:8080/metrics", "[::1]:8080"],
  ])("calls the instance of %s %s", (url, instance) => {
    expect(targetLabels({ url, labels: { pod: "a" } })).toEqual({ instance, pod: "a" });
  });

  it("leaves an instance that was given", () => {
    expect(targetLabels({ url: "http://10.0.0.1:1", labels: { instance: "mine" } })).toEqual({
      instance: "mine",
    });
  });
});

describe("seriesLabels", () => {
  it("joins the name, the sample's labels and the target's", () => {
    expect(stored({ status: "200" }, { pod: "a" })).toEqual({
      __name__: "hits_total",
      status: "200",
      pod: "a",
    });
  });

  it("keeps the target's where both have one, and the sample's as exported", () => {
    expect(stored({ pod: "liar", status: "200" }, { pod: "a" })).toEqual({
      __name__: "hits_total",
      pod: "a",
      exported_pod: "liar",
      status: "200",
    });
  });

  it("repeats the prefix until the name is free", () => {
    expect(stored({ pod: "liar", exported_pod: "old" }, { pod: "a" })).toEqual({
      __name__: "hits_total",
      pod: "a",
      exported_pod: "old",
      exported_exported_pod: "liar",
    });
    expect(stored({ pod: "x", exported_pod: "y" }, { pod: "a", exported_pod: "b" })).toEqual({
      __name__: "hits_total",
      pod: "a",
      exported_pod: "b",
      exported_exported_pod: "x",
      exported_exported_exported_pod: "y",
    });
  });

  it("gives the same labels whatever their order in the answer", () => {
    const target = { pod: "a", exported_pod: "b" };
    expect(stored({ exported_pod: "y", pod: "x" }, target)).toEqual(
      stored({ pod: "x", exported_pod: "y" }, target),
    );
  });
});
