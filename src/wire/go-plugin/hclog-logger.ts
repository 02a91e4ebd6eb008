/** Log lines as hashicorp/go-hclog writes them in JSON: what a go-plugin host reads from a plugin's standard error. */
import type { Logger } from "../../base/logger.ts";

/** How a plugin logs to its host. */
export interface HclogOptions {
  /** Who speaks: `@module`. */
  readonly module: string;
  /** Takes a whole line with its line break: write it to standard error in one piece. */
  readonly write: (line: string) => void;
  /** Milliseconds since the Unix epoch: `@timestamp`. */
  readonly now: () => number;
}

/**
 * A host reads 64 KiB at a time (PluginLogBufferSize) and takes a line that is
 * longer for two that are not JSON.
 */
const maxLineBytes = 60_000;

/**
 * A logger whose lines keep their level and fields in the host's log.
 *
 * Fields are written as JSON has them, errors with message and stack; one that
 * begins with `@` is left out, for a host takes `@message` and the like for
 * strings and panics if they are not (parseJSON in log_entry.go). A line that
 * would be too long, or a field that JSON cannot say, is written without its
 * fields. Never throws.
 */
export function createHclogLogger({ module, write, now }: HclogOptions): Logger {
  const log = (level: string, fields: Readonly<Record<string, unknown>>, message: string): void => {
    const head = {
      "@level": level,
      "@message": message.slice(0, maxLineBytes / 8),
      "@module": module,
      "@timestamp": timestamp(now()),
    };
    write(`${lineOf(head, fields)}\n`);
  };
  return {
    info: (fields, message) => log("info", fields, message),
    warn: (fields, message) => log("warn", fields, message),
    error: (fields, message) => log("error", fields, message),
  };
}

/** What every line of such a logger begins with: its level is named first. */
const lineBegin = Buffer.from('{"@level":');

/** Whether what was written in one piece is a line of such a logger. */
export function isHclogLine(written: Uint8Array): boolean {
  return lineBegin.equals(written.subarray(0, lineBegin.length));
}

function lineOf(head: Readonly<Record<string, string>>, fields: Readonly<Record<string, unknown>>): string {
  try {
    const own = Object.entries(fields).filter(([name]) => !name.startsWith("@"));
    const line = JSON.stringify({ ...head, ...Object.fromEntries(own) }, withErrors);
    if (Buffer.byteLength(line) <= maxLineBytes) return line;
  } catch {
    // A cycle, a bigint or a getter that throws: the message matters more.
  }
  return JSON.stringify(head);
}

function withErrors(_key: string, value: unknown): unknown {
  return value instanceof Error ? { ...value, message: value.message, stack: value.stack } : value;
}

/** With six digits of a second, which the host's time layout asks for. */
function timestamp(time: number): string {
  return new Date(time).toISOString().replace("Z", "000Z");
}
