/** Whether a server's clock can be believed: where it is off, its samples are of another time than they say. */
import type { TimeWindow } from "../../analysis/ports.ts";
import { formatDuration } from "../../base/duration.ts";
import { FailedTry } from "./failed-try.ts";

/** How far a clock is ahead of ours in milliseconds, as a span that surely holds it; negative is behind. */
export interface ClockSkew {
  readonly least: number;
  readonly most: number;
}

/** What is surely more than this is worth a word: synchronised clocks differ by a tenth of a second. */
const noticeableMs = 5_000;
/** So that a figure that trembles is not told anew at every look. */
const sameWithinMs = 3_000;
/** Two scrapes a minute apart: a server that is ahead holds samples of any such stretch. */
const scrapesMs = 120_000;
/** Windows that end longer ago are of the past, not of a live analysis. */
const currentMs = 300_000;

/**
 * Reads the skew off an answer's Date header, which is cut to whole seconds and
 * was written some time between `sentAt` and `receivedAt` of our clock. Null if it
 * holds no date.
 *
 * A load balancer may have written it: see {@link readUntil}, which does not rest on it.
 */
export function readSkew(date: string, sentAt: number, receivedAt: number): ClockSkew | null {
  const told = Date.parse(date);
  return Number.isNaN(told) ? null : { least: told - receivedAt, most: told + 1_000 - sentAt };
}

/** @throws FailedTry if the clock is surely off by more than `maxMs`: behind a load balancer, the next answer may be another's. */
export function requireClock(skew: ClockSkew, maxMs: number): void {
  if (surelyOffMs(skew) <= maxMs) return;
  throw new FailedTry(
    `its ${describe(middleOf(skew))}, over the limit of ${formatDuration(maxMs)} (maxClockSkewMs): when its samples were taken cannot be told; synchronise both clocks`,
  );
}

/** Words for skews that are noticeable; the same words as long as it stays about the same. */
export function createSkewWarning(): (skew: ClockSkew) => readonly string[] {
  let told = 0;
  return (skew) => {
    if (surelyOffMs(skew) < noticeableMs) return [];
    if (Math.abs(middleOf(skew) - told) > sameWithinMs) told = middleOf(skew);
    return [`its ${describe(told)}; counts are of a time shifted by as much`];
  };
}

/**
 * The time up to which a live window is to be read, in milliseconds since the
 * epoch: beyond what the clocks may differ by, so that samples stamped later than
 * that are seen and can be refused. Windows of the past are read to their end.
 */
export function readUntil(window: TimeWindow, now: number, maxSkewMs: number): number {
  const isCurrent = window.to <= now && window.to > now - currentMs;
  return isCurrent ? now + maxSkewMs + scrapesMs : window.to;
}

function surelyOffMs({ least, most }: ClockSkew): number {
  return Math.max(0, least, -most);
}

function middleOf({ least, most }: ClockSkew): number {
  return (least + most) / 2;
}

function describe(aheadMs: number): string {
  const off = formatDuration(Math.abs(Math.ceil(aheadMs / 1_000 - 0.5)) * 1_000);
  return `clock is about ${off} ${aheadMs > 0 ? "ahead of" : "behind"} this machine's`;
}
