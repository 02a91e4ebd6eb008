/** Analyses asked for and listed over HTTP, as far as two runs of one can be compared. */
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import { z } from "zod";

const counts = z.object({ total: z.number(), bad: z.number() }).nullable();

/** All but the texts, which tell the time, and the ids. */
const ended = z.object({
  service: z.string(),
  verdict: z.string().nullable(),
  startedAt: z.string(),
  decidedAt: z.string().nullable(),
  ticks: z.number(),
  score: z.number(),
  reason: z.object({ code: z.string() }),
  warnings: z.array(z.object({ code: z.string() })),
  metrics: z.array(
    z.object({
      canary: counts,
      baseline: counts,
      evidence: z.record(z.string(), z.number().nullable()),
      difference: z.unknown(),
    }),
  ),
});

export type Ended = z.output<typeof ended>;

/** @throws Error if it is no result. */
export function readEnded(result: unknown): Ended {
  return ended.parse(result);
}

/** Starts the analysis of that key, or finds it there; where the server says that its database is away, it is asked again. */
export async function putAnalysis(url: string, key: string, document: unknown): Promise<void> {
  const headers = { "content-type": "application/json" };
  const body = JSON.stringify(document);
  for (let tries = 1; ; tries++) {
    const response = await fetch(`${url}/v1/analyses/${key}`, { method: "PUT", headers, body });
    const answer = await response.text();
    if (response.ok) return;
    expect(response.status, answer).toBe(503);
    expect(tries, answer).toBeLessThan(20);
    await sleep(1_000 * Number(response.headers.get("retry-after")));
  }
}

/** Those that run no more. */
export async function listEnded(url: string): Promise<readonly Ended[]> {
  const response = await fetch(`${url}/v1/analyses?phase=done&limit=1000`);
  return z.object({ analyses: z.array(ended) }).parse(await response.json()).analyses;
}
