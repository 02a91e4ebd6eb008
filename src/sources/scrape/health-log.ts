/** Remembers whether a target's scrapes went well. */

/** How a target did over a window; `error` is the latest failure's. */
export type TargetState =
  | { readonly kind: "up" }
  | { readonly kind: "partlyDown"; readonly error: string }
  | { readonly kind: "down"; readonly error: string }
  /** No scrape was tried by the end of the window, or none that is still remembered. */
  | { readonly kind: "unknown" };

/** Attempts in a row that ended alike. */
interface Span {
  readonly first: number;
  readonly last: number;
  /** Null where they went well. */
  readonly error: string | null;
}

/** Attempts in rising order of time, kept as spans: a target that is down for hours costs no more than a healthy one. */
export class HealthLog {
  readonly #spans: Span[] = [];

  get last(): { readonly time: number; readonly error: string | null } | null {
    const span = this.#spans.at(-1);
    return span === undefined ? null : { time: span.last, error: span.error };
  }

  record(time: number, error: string | null): void {
    const open = this.#spans.at(-1);
    if (open !== undefined && open.error === error) this.#spans.pop();
    this.#spans.push({ first: open?.error === error ? open.first : time, last: time, error });
  }

  /** Forgets spans that ended at `time` or before, except the newest. */
  forgetUntil(time: number): void {
    const keep = this.#spans.findIndex(({ last }) => last > time);
    this.#spans.splice(0, keep === -1 ? this.#spans.length - 1 : keep);
  }

  /**
   * How the target did after `from` up to and including `to`. A window that
   * falls between two attempts is as the one before it was.
   */
  over(from: number, to: number): TargetState {
    const started = this.#spans.filter(({ first }) => first <= to);
    const within = started.filter(({ last }) => last > from);
    const met = within.length > 0 ? within : started.slice(-1);
    const failures = met.flatMap(({ error }) => error ?? []);
    const error = failures.at(-1);
    if (met.length === 0) return { kind: "unknown" };
    if (error === undefined) return { kind: "up" };
    return { kind: failures.length === met.length ? "down" : "partlyDown", error };
  }
}
