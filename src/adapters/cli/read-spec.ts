/** The spec of `coalmine analyze`: the file, what the flags say over it, then what `--set` says over both. */
import { applySettings } from "../../analysis/spec/apply-settings.ts";
import type { AnalysisSpec } from "../../analysis/spec/model.ts";
import { parseSpec } from "../../analysis/spec/parse-spec.ts";
import { readSpecText } from "../../analysis/spec/read-spec-text.ts";
import { formatDuration } from "../../base/duration.ts";
import { CoalmineError } from "../../base/errors.ts";
import { applyFlags, type SpecFlags } from "./apply-flags.ts";
import type { CliHost } from "./cli-host.ts";
import { readInput } from "./read-input.ts";
import { readWindow } from "./window.ts";

/** Everything that makes the spec and its window, as typed. */
export interface SpecSources extends SpecFlags {
  /** A path, or `-` for standard input. */
  readonly file?: string;
  readonly set?: readonly string[];
  readonly from?: string;
  readonly to?: string;
}

/** A spec, and when its window starts in milliseconds since the epoch; null is now. */
export interface SpecToRun {
  readonly spec: AnalysisSpec;
  readonly startedAt: number | null;
}

/** @throws CoalmineError invalid-spec or invalid-request with every problem and its path; too-large. */
export async function readSpec(flags: SpecSources, host: CliHost): Promise<SpecToRun> {
  const now = host.clock.now();
  const window = readWindow(flags, now);
  const text = flags.file === undefined ? null : await readInput(flags.file, host.terminal.stdin);
  const length =
    window?.from != null && window.to !== null ? { duration: formatDuration(window.to - window.from) } : {};
  const document = applyFlags(text === null ? {} : readSpecText(text), { ...flags, ...length });
  const spec = parseSpec(applySettings(document, flags.set ?? []));
  if (window === null) return { spec, startedAt: null };
  const startedAt = window.from ?? window.to - spec.durationMs;
  if (startedAt + spec.durationMs <= now) return { spec, startedAt };
  const end = new Date(startedAt + spec.durationMs).toISOString();
  throw new CoalmineError(
    "invalid-request",
    `the window from --from for ${formatDuration(spec.durationMs)} ends at ${end}, which has not passed: add --to, or a shorter --duration`,
  );
}
