/** Raw samples from anything that speaks Prometheus' query API. */
import type { SampleSource, TimeWindow } from "../../analysis/ports.ts";
import { renderSelector, type Selector } from "../../analysis/selector.ts";
import type { Clock } from "../../base/clock.ts";
import { CoalmineError } from "../../base/errors.ts";
import { authorizationOf } from "./authorization.ts";
import { createConnectionPool } from "./connection-pool.ts";
import { exchange, type HttpAnswer } from "./exchange.ts";
import { FailedTry } from "./failed-try.ts";
import { interpretAnswer, type QueryResult } from "./interpret-answer.ts";
import { mergeReplicas } from "./merge-replicas.ts";
import type { PrometheusSourceSettings } from "./prometheus-settings.ts";
import { readMatrix } from "./read-matrix.ts";
import { retryWithin } from "./retry-within.ts";

export interface PrometheusSourceOptions {
  readonly name: string;
  readonly settings: PrometheusSourceSettings;
  /** The machine's clock, for retries; not that of a replay. */
  readonly clock: Clock;
  /** In [0, 1), to spread retries. */
  readonly random: () => number;
}

/** A source that holds connections. */
export interface PrometheusSource extends SampleSource {
  /**
   * Asks for `vector(1)`, which every server can answer: a wrong address or
   * secret shows before an analysis starts.
   *
   * @throws CoalmineError as `read` does. The signal's reason if it aborts.
   */
  checkReachable(signal: AbortSignal): Promise<void>;
  /** Closes the connections once the reads under way are done. */
  close(): Promise<void>;
}

/**
 * A source that asks Prometheus, Thanos, Mimir or VictoriaMetrics for raw
 * samples: an instant query of a range selector at the window's end, whose
 * answer is what was scraped, not what a function made of it.
 *
 * Warnings of the server, for instance of a partial response, go along with the
 * answer. No message holds a secret: the server is named by origin and path.
 */
export function createPrometheusSource(options: PrometheusSourceOptions): PrometheusSource {
  const { settings } = options;
  const url = new URL(`${settings.url.replace(/\/+$/, "")}/api/v1/query`);
  const address = url.origin + url.pathname;
  const pool = createConnectionPool(url.origin, settings.tls);
  const policy = { budgetMs: settings.retryBudgetMs, clock: options.clock, random: options.random };
  let { method } = settings;

  async function send(params: URLSearchParams, timeoutMs: number, signal: AbortSignal): Promise<HttpAnswer> {
    const authorization = await authorizationOf(settings.auth);
    const headers = { ...settings.headers, ...(authorization === null ? {} : { authorization }) };
    const { maxResponseBytes } = settings;
    const request = { pool, url, headers, params, timeoutMs, maxResponseBytes };
    const answer = await exchange({ ...request, method }, signal);
    if (answer.status !== 405 || method === "GET") return answer;
    const second = await exchange({ ...request, method: "GET" }, signal);
    if (second.status !== 405) method = "GET";
    return second;
  }

  /** Reading the result is part of the try: an answer that is half or garbage is worth asking for again. */
  function ask<T>(
    query: string,
    time: number | null,
    signal: AbortSignal,
    readResult: (answer: QueryResult) => T,
  ): Promise<T> {
    return retryWithin(policy, address, signal, async (leftMs) => {
      const timeoutMs = Math.ceil(Math.min(settings.timeoutMs, leftMs));
      // The server need not go on once nobody waits.
      const params = new URLSearchParams({ query, timeout: `${timeoutMs}ms` });
      if (time !== null) params.set("time", (time / 1_000).toFixed(3));
      try {
        return readResult(interpretAnswer(await send(params, timeoutMs, signal), options.clock.now()));
      } catch (error) {
        throw named(error, address);
      }
    });
  }

  return {
    name: options.name,

    async read(selector, window, signal) {
      signal.throwIfAborted();
      const query = rangeSelector(selector, window);
      if (query === null) return { series: [], warnings: [] };
      return await ask(query, window.to, signal, (answer) => {
        requireType(answer, "matrix");
        const series = readMatrix(answer.result, answer.lists, window);
        return { series: mergeReplicas(series, settings.replicaLabels), warnings: answer.warnings };
      });
    },

    async checkReachable(signal) {
      await ask("vector(1)", null, signal, (answer) => requireType(answer, "vector"));
    },

    close: () => pool.close(),
  };
}

/** Null for a window that holds no millisecond: PromQL has no empty range. */
function rangeSelector(selector: Selector, window: TimeWindow): string | null {
  const rangeMs = Math.ceil(window.to - window.from);
  return rangeMs > 0 ? `${renderSelector(selector)}[${rangeMs}ms]` : null;
}

function requireType(answer: QueryResult, wanted: string): void {
  if (answer.resultType !== wanted) {
    throw new FailedTry(`it answered a ${answer.resultType.slice(0, 20)} where a ${wanted} was asked for`);
  }
}

/** A rejection is told with the server's address; a failed try gets it when the budget is spent. */
function named(error: unknown, address: string): unknown {
  if (!(error instanceof CoalmineError)) return error;
  return new CoalmineError(error.code, `${address}: ${error.message}`, { cause: error });
}
