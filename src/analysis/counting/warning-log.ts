// Keeps warnings few: a fleet with one fault says it once, with an example.
import type { WarningCode } from "../reasons.ts";
import type { Warning } from "../result.ts";

/** Collects warnings and gives one of each code: the first in alphabetical order, and how many more there were. */
export class WarningLog {
  readonly #byCode = new Map<WarningCode, { text: string; readonly all: Set<string> }>();

  /** The same text twice counts once. */
  add(code: WarningCode, text: string): void {
    const entry = this.#byCode.get(code);
    if (entry === undefined) {
      this.#byCode.set(code, { text, all: new Set([text]) });
      return;
    }
    entry.all.add(text);
    if (text < entry.text) entry.text = text;
  }

  get warnings(): readonly Warning[] {
    const warnings: Warning[] = [];
    for (const [code, { text, all }] of this.#byCode) {
      warnings.push({ code, text: all.size === 1 ? text : `${text} (and ${all.size - 1} more)` });
    }
    return warnings;
  }
}
