/** Sends the demonstration's requests. */
import { setTimeout as sleep } from "node:timers/promises";
import { Pool } from "undici";

/** One place to send to, and its part of the traffic. */
export interface LoadTarget {
  readonly url: string;
  /** Of all requests, in proportion to the other targets' shares; 0 sends none. */
  readonly share: number;
}

export interface LoadOptions {
  readonly targets: readonly LoadTarget[];
  /** Above 0; over all targets, on average: arrivals are a Poisson process. */
  readonly requestsPerSecond: number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Ends the load as `stop` does. */
  readonly signal?: AbortSignal;
  /** Requests under way at once, over all targets; those that come on top are not sent. 256 unless given. */
  readonly maxInFlight?: number;
}

/** What became of a target's requests so far. */
export interface LoadCounts {
  readonly url: string;
  /** Answered below 500. */
  readonly ok: number;
  /** Answered 500 or above. */
  readonly failed: number;
  /** Not answered. */
  readonly broken: number;
  /** Not sent, because too many were under way. */
  readonly skipped: number;
  /** Sent, and neither answered nor known to be broken yet. */
  readonly inFlight: number;
}

export interface Load {
  /** In the order of the targets. */
  counts(): readonly LoadCounts[];
  /** Changes how fast and to whom, from the next request on; shares in the order of the targets. */
  set(change: { readonly requestsPerSecond?: number; readonly shares?: readonly number[] }): void;
  /** Resolves when every request sent has been answered or cut. */
  stop(): Promise<void>;
}

/** How often the arrivals that have come due are sent; finer than this, timers are not. */
const tickMs = 5;

/**
 * An open-loop load: requests come when they come, whether or not those before
 * have been answered, so a slow target gets no fewer of them than a fast one.
 * Connections are kept alive.
 */
export function startLoad(options: LoadOptions): Load {
  const { random, maxInFlight = 256 } = options;
  let { requestsPerSecond } = options;
  const senders = options.targets.map((target) => new Sender(target, maxInFlight));
  const stopping = new AbortController();
  const signal = AbortSignal.any([stopping.signal, options.signal ?? stopping.signal]);

  const send = () => {
    const sender = pickByShare(senders, random());
    const inFlight = senders.reduce((total, { counts }) => total + counts.inFlight, 0);
    sender?.send(inFlight < maxInFlight);
  };
  const run = async () => {
    let dueAt = performance.now();
    while (!signal.aborted) {
      const now = performance.now();
      while (dueAt <= now) {
        send();
        dueAt += -Math.log(1 - random()) * (1_000 / requestsPerSecond);
      }
      await sleep(tickMs, undefined, { signal }).catch(() => {});
    }
    await Promise.all(senders.map((sender) => sender.close()));
  };
  const running = run();

  return {
    counts: () => senders.map(({ counts }) => ({ ...counts })),
    set(change) {
      requestsPerSecond = change.requestsPerSecond ?? requestsPerSecond;
      for (const [index, share] of (change.shares ?? []).entries()) {
        const sender = senders[index];
        if (sender !== undefined) sender.share = share;
      }
    },
    stop() {
      stopping.abort();
      return running;
    },
  };
}

/** One target's connections and counts. */
class Sender {
  readonly counts: { -readonly [key in keyof LoadCounts]: LoadCounts[key] };
  share: number;
  readonly #pool: Pool;
  readonly #path: string;

  constructor(target: LoadTarget, connections: number) {
    const { origin, pathname, search } = new URL(target.url);
    this.counts = { url: target.url, ok: 0, failed: 0, broken: 0, skipped: 0, inFlight: 0 };
    this.share = target.share;
    this.#pool = new Pool(origin, { connections });
    this.#path = pathname + search;
  }

  /** Sends one request, or counts it as skipped if there is no room for it. */
  send(hasRoom: boolean): void {
    if (!hasRoom) {
      this.counts.skipped += 1;
      return;
    }
    this.counts.inFlight += 1;
    void this.#request()
      .then((outcome) => {
        // What was cut by our own end says nothing about the target.
        if (!this.#pool.destroyed) this.counts[outcome] += 1;
      })
      .finally(() => {
        this.counts.inFlight -= 1;
      });
  }

  async close(): Promise<void> {
    await this.#pool.destroy();
  }

  async #request(): Promise<"ok" | "failed" | "broken"> {
    try {
      const { statusCode, body } = await this.#pool.request({ method: "GET", path: this.#path });
      await body.dump();
      return statusCode < 500 ? "ok" : "failed";
    } catch {
      return "broken";
    }
  }
}

/** Null where no target has a share. */
function pickByShare(senders: readonly Sender[], draw: number): Sender | null {
  let rest = draw * senders.reduce((total, { share }) => total + share, 0);
  for (const sender of senders) {
    if (rest < sender.share) return sender;
    rest -= sender.share;
  }
  return null;
}
