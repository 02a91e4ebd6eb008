/** Raw samples from anything that speaks Prometheus' query API. */
import type { SampleSource, TimeWindow } from "../../analysis/ports.ts";
import { renderSelector, type Selector } from "../../analysis/selector.ts";
import type { Clock } from "../../base/clock.ts";
import { CoalmineError } from "../../base/errors.ts";
import { authorizationOf } from "./authorization.ts";
import { createSkewWarning, readSkew, readUntil, requireClock } from "./clock-skew.ts";
import { createConnectionPool } from "./connection-pool.ts";
import { exchange, type HttpAnswer } from "./exchange.ts";
import { FailedTry } from "./failed-try.ts";
import type { MayConnectTo } from "./guarded-connector.ts";
import { type SentSecrets, secretsOf, withoutSecrets, wordsWithoutSecrets } from "./hide-secrets.ts";
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
  /** Which addresses the server's name may lead to; all unless given. */
  readonly mayConnectTo?: MayConnectTo | undefined;
  /** Sent along with each request, for instance the `traceparent` of what it is for. */
  readonly traceHeaders?: () => Readonly<Record<string, string>>;
  /** Told before a request is sent again. */
  readonly onRetry?: () => void;
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
 * An answer that the server itself warns of is not whole: it is refused, or its
 * warnings go along with it, as the settings say. One by a clock that is far off
 * is refused too; a clock that is off a little is a warning. No message holds a
 * secret: the server is named by origin and path.
 */
export function createPrometheusSource(options: PrometheusSourceOptions): PrometheusSource {
  const { settings } = options;
  const url = new URL(`${settings.url.replace(/\/+$/, "")}/api/v1/query`);
  const address = url.origin + url.pathname;
  const pool = createConnectionPool(url.origin, { tls: settings.tls, mayConnectTo: options.mayConnectTo });
  const policy = { budgetMs: settings.retryBudgetMs, clock: options.clock, random: options.random };
  const { maxClockSkewMs } = settings;
  const skewWarning = createSkewWarning();
  let { method } = settings;

  async function send(params: URLSearchParams, timeoutMs: number, signal: AbortSignal): Promise<Told> {
    const authorization = await authorizationOf(settings.auth);
    const headers = {
      ...options.traceHeaders?.(),
      ...settings.headers,
      ...(authorization === null ? {} : { authorization }),
    };
    const secrets = secretsOf(headers);
    const { maxResponseBytes } = settings;
    const request = { pool, url, headers, params, timeoutMs, maxResponseBytes };
    const answer = await exchange({ ...request, method }, signal);
    if (answer.status !== 405 || method === "GET") return { ...withoutSecrets(answer, secrets), secrets };
    const second = await exchange({ ...request, method: "GET" }, signal);
    if (second.status !== 405) method = "GET";
    return { ...withoutSecrets(second, secrets), secrets };
  }

  /** Reading the result is part of the try: an answer that is half or garbage is worth asking for again. */
  function ask<T>(
    query: string,
    time: number | null,
    signal: AbortSignal,
    readResult: (answer: QueryResult) => T,
  ): Promise<T> {
    return retryWithin(policy, address, signal, async (leftMs) => {
      if (leftMs !== Number.POSITIVE_INFINITY) options.onRetry?.();
      const timeoutMs = Math.ceil(Math.min(settings.timeoutMs, leftMs));
      // The server need not go on once nobody waits.
      const params = new URLSearchParams({ query, timeout: `${timeoutMs}ms` });
      if (time !== null) params.set("time", (time / 1_000).toFixed(3));
      try {
        const sentAt = options.clock.now();
        const answer = await send(params, timeoutMs, signal);
        return readResult(believed(answer, sentAt, options.clock.now()));
      } catch (error) {
        throw named(error, address);
      }
    });
  }

  /** The result of an answer whose clock is right enough to be believed, with a warning where it is off. */
  function believed(answer: Told, sentAt: number, receivedAt: number): QueryResult {
    const read = interpretAnswer(answer, receivedAt);
    const warnings = read.warnings.map((words) => wordsWithoutSecrets(words, answer.secrets));
    const result = { ...read, warnings };
    if (settings.partialAnswers === "refuse") requireWhole(result);
    const skew = readSkew(answer.headers.date, sentAt, receivedAt);
    if (skew === null) return result;
    requireClock(skew, maxClockSkewMs);
    return { ...result, warnings: [...result.warnings, ...skewWarning(skew)] };
  }

  return {
    name: options.name,

    async read(selector, window, signal) {
      signal.throwIfAborted();
      if (Math.ceil(window.to - window.from) <= 0) return { series: [], warnings: [] };
      const to = readUntil(window, options.clock.now(), maxClockSkewMs);
      return await ask(rangeSelector(selector, { from: window.from, to }), to, signal, (answer) => {
        requireType(answer, "matrix");
        const now = Math.max(window.to, options.clock.now());
        const limits = { now, maxAheadMs: maxClockSkewMs };
        const series = readMatrix(answer.result, answer.lists, window, limits);
        return { series: mergeReplicas(series, settings.replicaLabels), warnings: answer.warnings };
      });
    },

    async checkReachable(signal) {
      await ask("vector(1)", null, signal, (answer) => requireType(answer, "vector"));
    },

    close: () => pool.close(),
  };
}

/** An answer, and what must not be told of its request. */
interface Told extends HttpAnswer {
  readonly secrets: SentSecrets;
}

/** PromQL has no empty range: the window is to hold some of a millisecond. */
function rangeSelector(selector: Selector, { from, to }: TimeWindow): string {
  return `${renderSelector(selector)}[${Math.ceil(to - from)}ms]`;
}

function requireType(answer: QueryResult, wanted: string): void {
  if (answer.resultType !== wanted) {
    throw new FailedTry(`it answered a ${answer.resultType.slice(0, 20)} where a ${wanted} was asked for`);
  }
}

function requireWhole({ warnings: [first] }: QueryResult): void {
  if (first === undefined) return;
  throw new FailedTry(
    `its answer is not whole (${first}); to count what there is all the same, set partialAnswers to accept`,
  );
}

/** A rejection is told with the server's address; a failed try gets it when the budget is spent. */
function named(error: unknown, address: string): unknown {
  if (!(error instanceof CoalmineError)) return error;
  return new CoalmineError(error.code, `${address}: ${error.message}`, { cause: error });
}
