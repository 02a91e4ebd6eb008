import { gunzipSync } from "node:zlib";
import { Pool } from "undici";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type FakePrometheus, startFakePrometheus } from "./fake-prometheus.ts";
import { type Fault, type FaultProxy, startFaultProxy } from "./fault-proxy.ts";

const at = Date.UTC(2026, 0, 1);

let prometheus: FakePrometheus;
let proxy: FaultProxy;
let pool: Pool;

beforeEach(async () => {
  prometheus = await startFakePrometheus();
  prometheus.hold({ labels: { __name__: "up" }, samples: [[at, 1]] });
  proxy = await startFaultProxy(prometheus.url);
  pool = new Pool(proxy.url);
});

afterEach(async () => {
  await pool.destroy();
  await proxy.close();
  await prometheus.close();
});

async function ask(fault: Fault | null, time = at) {
  proxy.use(() => fault);
  const params = new URLSearchParams({ query: "up[60000ms]", time: String(time / 1_000) });
  const { statusCode, headers, body } = await pool.request({
    path: `/api/v1/query?${params}`,
    method: "GET",
  });
  return { status: statusCode, headers, body: Buffer.from(await body.arrayBuffer()) };
}

async function restart(now: () => number) {
  await pool.destroy();
  await proxy.close();
  proxy = await startFaultProxy(prometheus.url, now);
  pool = new Pool(proxy.url);
}

const timesIn = (body: Buffer) =>
  [...body.toString().matchAll(/\[(\d+(?:\.\d+)?),"1"\]/g)].map(([, seconds]) => Number(seconds) * 1_000);

describe("startFaultProxy", () => {
  it("passes on what it has no fault for, by GET as by POST", async () => {
    const byGet = await ask(null);
    expect(byGet.status).toBe(200);
    expect(timesIn(byGet.body)).toEqual([at]);
    const body = new URLSearchParams({ query: "up[60000ms]", time: String(at / 1_000) }).toString();
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const byPost = await pool.request({ path: "/api/v1/query", method: "POST", headers, body });
    expect(await byPost.body.text()).toBe(byGet.body.toString());
    expect(proxy).toMatchObject({ queries: 2, faults: 0 });
  });

  it.each([
    [{ kind: "reset" }, "ECONNRESET"],
    [{ kind: "resetInBody" }, "ECONNRESET"],
    [{ kind: "half" }, "other side closed"],
  ] as const)("breaks the connection: %j", async (fault, words) => {
    await expect(ask(fault)).rejects.toThrow(words);
    expect(proxy).toMatchObject({ queries: 1, faults: 1 });
  });

  it("ends a truncated answer as if it were whole", async () => {
    const whole = (await ask(null)).body;
    const cut = await ask({ kind: "truncated" });
    expect(cut.body.toString()).toBe(whole.subarray(0, whole.length / 2).toString());
    expect(cut.headers["content-length"]).toBe(String(cut.body.length));
  });

  it("answers in Prometheus' place without asking it", async () => {
    const answered = await ask({
      kind: "answer",
      status: 503,
      headers: { "retry-after": "3" },
      body: "<html>",
    });
    expect(answered.status).toBe(503);
    expect(answered.headers["retry-after"]).toBe("3");
    expect(answered.body.toString()).toBe("<html>");
    expect(prometheus.requests).toHaveLength(0);
  });

  it("changes and compresses what Prometheus answers", async () => {
    const changed = await ask({ kind: "change", change: (json) => json.replace("success", "odd") });
    expect(changed.body.toString()).toContain('"status":"odd"');
    const packed = await ask({ kind: "gzip" });
    expect(packed.headers["content-encoding"]).toBe("gzip");
    expect(timesIn(gunzipSync(packed.body))).toEqual([at]);
  });

  it.each([120_000, -120_000])("answers as one whose clock is off by %i ms", async (aheadMs) => {
    const fault: Fault = { kind: "clock", aheadMs, date: "right" };
    // By its own clock the sample is of another time, and asked for by that one it is there.
    const found = await ask(fault, at + aheadMs);
    expect(timesIn(found.body)).toEqual([at + aheadMs]);
    expect(prometheus.requests[0]?.params.get("time")).toBe(String(at / 1_000));
    expect(timesIn((await ask(fault, at + aheadMs - 1_000)).body)).toEqual([]);
  });

  it("shows its clock in the Date header unless a right one hides it", async () => {
    const dateOf = async (fault: Fault | null) => Date.parse(String((await ask(fault)).headers["date"]));
    await restart(() => at + 30_000);
    expect(await dateOf(null)).toBe(at + 30_000);
    expect(await dateOf({ kind: "clock", aheadMs: 60_000, date: "right" })).toBe(at + 30_000);
    expect(await dateOf({ kind: "clock", aheadMs: 60_000, date: "shifted" })).toBe(at + 90_000);
  });

  it("holds nothing of what is still to come at a time it is given", async () => {
    await restart(() => at - 1);
    expect(timesIn((await ask(null)).body)).toEqual([]);
    await restart(() => at);
    expect(timesIn((await ask(null)).body)).toEqual([at]);
  });

  it("keeps silent, trickles and pours for as long as the client stays", async () => {
    proxy.use(({ index }) => (["silent", "trickle", "endless"] as const).map(slowly)[index] ?? null);
    const leaving = new AbortController();
    let bytes = 0;
    const given = Array.from({ length: 3 }, async () => {
      const { signal } = leaving;
      const { body } = await pool.request({ path: "/api/v1/query?query=up", method: "GET", signal });
      for await (const chunk of body) bytes += chunk.length;
    });
    const results = Promise.allSettled(given);
    await expect.poll(() => proxy.queries).toBe(3);
    // Far more than a trickle comes to, and than lies on the way.
    await expect.poll(() => bytes).toBeGreaterThan(20_000_000);
    expect(proxy.bytesPoured).toBeGreaterThanOrEqual(bytes - 1);
    expect(proxy.mostConnections).toBe(3);
    leaving.abort();
    expect((await results).map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
    await pool.destroy();
    await expect.poll(() => proxy.connections).toBe(0);
  });
});

function slowly(kind: "silent" | "trickle" | "endless"): Fault {
  return kind === "trickle" ? { kind, everyMs: 60_000 } : { kind };
}
