import { describe, expect, it } from "vitest";
import { prometheusSourceSettings } from "../../../src/sources/prometheus/prometheus-settings.ts";

const url = "http://prometheus:9090";

function problemsOf(settings: unknown): string[] {
  const parsed = prometheusSourceSettings.safeParse(settings);
  return (parsed.error?.issues ?? []).map(({ path, message }) => `${path.join(".")}: ${message}`);
}

describe("prometheusSourceSettings", () => {
  it("needs no more than a url", () => {
    expect(prometheusSourceSettings.parse({ url })).toEqual({
      url,
      auth: { kind: "none" },
      headers: {},
      timeoutMs: 10_000,
      retryBudgetMs: 30_000,
      maxResponseBytes: 67_108_864,
      maxClockSkewMs: 30_000,
      partialAnswers: "refuse",
      replicaLabels: ["prometheus_replica", "__replica__"],
      method: "POST",
    });
  });

  it.each([
    { url: "https://mimir.example/prometheus", headers: { "X-Scope-OrgID": "shop" } },
    { url, auth: { kind: "bearer", token: "t" } },
    { url, auth: { kind: "bearer", tokenFile: "/run/token" } },
    { url, auth: { kind: "basic", username: "ann", passwordFile: "/run/password" } },
    { url: "https://p", tls: { caFile: "ca.pem", certFile: "c.pem", keyFile: "c.key" } },
  ])("takes %j", (settings) => {
    expect(problemsOf(settings)).toEqual([]);
  });

  it.each([
    [{ url: "prometheus:9090" }, "url: must be an http or https URL"],
    [{ url: "" }, "url: must be an http or https URL"],
    [{ url: "ftp://p" }, "url: must be an http or https URL"],
    [{ url: "http://p/?tenant=a" }, "url: must hold no query"],
    [{ url: "http://p/api/v1/query" }, "url: must end before /api/v1"],
    [{ url, tls: {} }, "tls: tls settings need an https url"],
    [{ url: "https://p", tls: { certFile: "c" } }, "tls: certFile and keyFile go together"],
    [{ url, auth: { kind: "bearer" } }, "auth: needs either token or tokenFile"],
    [{ url, auth: { kind: "bearer", token: "a", tokenFile: "b" } }, "auth: needs either token or tokenFile"],
    [{ url, auth: { kind: "bearer", token: "a\nb" } }, "auth.token: must be one word"],
    [{ url, auth: { kind: "basic", username: "a" } }, "auth: needs either password or passwordFile"],
    [{ url, auth: { kind: "basic", username: "a:b", password: "" } }, "auth.username: must hold no colon"],
    [{ url, headers: { Authorization: "Bearer t" } }, "headers.Authorization: is set by auth"],
    [{ url, headers: { Host: "p" } }, "headers.Host: is set by the client"],
    [{ url, headers: { "a b": "c" } }, "headers.a b: is not a header's name"],
    [{ url, headers: { a: "b\r\nc: d" } }, "headers.a: must be one line"],
    [{ url, timeoutMs: 0 }, "timeoutMs: "],
    [{ url, maxResponseBytes: 2 ** 30 }, "maxResponseBytes: "],
    [{ url, replicaLabel: [] }, ': Unrecognized key: "replicaLabel"'],
  ])("refuses %j", (settings, problem) => {
    const problems = problemsOf(settings);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(problem);
  });

  it("refuses credentials in the url, says where they go, and does not repeat them", () => {
    const [problem, ...others] = problemsOf({ url: "https://ann:hunter2@p" });
    expect(others).toEqual([]);
    expect(problem).toContain("move them to auth (kind: basic)");
    expect(problem).not.toMatch(/ann|hunter2/);
  });
});
