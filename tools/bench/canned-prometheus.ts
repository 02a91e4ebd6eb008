/**
 * A stand-in for Prometheus that answers any service alike and costs little: run
 * as a child process, it prints its address and ends when its standard input does.
 *
 * It knows cohorts by `version="v2"` in the query (the canary) and answers request
 * counters or the buckets that the query asks for, sampled every 15 s until the query's time.
 */
import { createServer } from "node:http";
import { text } from "node:stream/consumers";

const scrapeMs = 15_000;
const allBounds = ["0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "5", "10", "+Inf"];
/** Of a pod's requests, one a second: how many a thousand lie at or under each boundary. */
const perThousand = [1, 11, 161, 500, 839, 989, 999, 1_000, 1_000, 1_000, 1_000, 1_000];

const podsOf = { canary: Number(process.argv[2] ?? 2), baseline: Number(process.argv[3] ?? 8) } as const;
const answers = new Map<string, string>();

const server = createServer(async (request, response) => {
  const params = new URLSearchParams(await text(request));
  const query = params.get("query") ?? "";
  // It is asked a little past now, and a Prometheus has nothing of the time to come.
  const time = Math.min(Math.round(Number(params.get("time")) * 1_000), Date.now());
  response.setHeader("content-type", "application/json").end(answerTo(query, time));
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("no port");
  console.log(`http://127.0.0.1:${address.port}`);
});
process.stdin.on("end", () => process.exit(0)).resume();

/** Services differ in name only, so an answer serves every one that asks the same in the same scrape interval. */
function answerTo(query: string, time: number): string {
  const rangeMs = Number(/\[(\d+)ms\]$/.exec(query)?.[1]);
  const cohort = query.includes('version="v2"') ? "canary" : "baseline";
  const isBucket = query.includes("_bucket");
  const asked = isBucket ? allBounds.filter((le) => asks(query, le)) : [];
  const slot = Math.floor(time / scrapeMs);
  const first = Math.ceil((time - rangeMs + 1) / scrapeMs);
  const key = `${cohort} ${asked} ${isBucket} ${first} ${slot}`;
  let answer = answers.get(key);
  if (answer === undefined) {
    if (answers.size > 200) answers.clear();
    const isFloats = isBucket || query.includes("_total");
    const result = isFloats ? series(cohort, isBucket ? asked : null, first, slot) : [];
    answer = JSON.stringify({ status: "success", data: { resultType: "matrix", result } });
    answers.set(key, answer);
  }
  return answer;
}

/** A query without a matcher on `le` asks for all of them. */
function asks(query: string, le: string): boolean {
  const pattern = /le=~"((?:[^"\\]|\\.)*)"/.exec(query)?.[1];
  if (pattern === undefined) return true;
  return new RegExp(`^(?:${pattern.replaceAll("\\\\", "\\")})$`).test(le);
}

function series(
  cohort: "canary" | "baseline",
  bounds: readonly string[] | null,
  first: number,
  last: number,
) {
  const version = cohort === "canary" ? "v2" : "v1";
  return Array.from({ length: podsOf[cohort] }, (_, index) => {
    const pod = `checkout-${version}-${index}`;
    const labels = { instance: `${pod}:8080`, job: "checkout", pod, service: "checkout", version };
    const samples = (value: (seconds: number) => number) =>
      Array.from({ length: last - first + 1 }, (_, i) => {
        const seconds = ((first + i) * scrapeMs) / 1_000;
        return [seconds, String(Math.floor(value(seconds % 1e7)))];
      });
    if (bounds === null) {
      return ["200", "500"].map((status) => ({
        metric: { __name__: "http_requests_total", ...labels, status },
        values: samples((seconds) => seconds * (status === "500" ? 0.005 : 0.995)),
      }));
    }
    return bounds.map((le) => ({
      metric: { __name__: "http_request_duration_seconds_bucket", ...labels, le },
      values: samples((seconds) => (seconds * (perThousand[allBounds.indexOf(le)] ?? 0)) / 1_000),
    }));
  }).flat();
}
