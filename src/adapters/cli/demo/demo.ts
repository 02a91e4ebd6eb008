/** `coalmine demo`: a bad and a good canary, both real services under real load, judged while one watches. */
import type { Verdict } from "../../../analysis/result.ts";
import { parseSpec } from "../../../analysis/spec/parse-spec.ts";
import { readSpecText } from "../../../analysis/spec/read-spec-text.ts";
import { cancelOnInterrupt } from "../cancel-on-interrupt.ts";
import type { CliHost } from "../cli-host.ts";
import { verdictExitCodes } from "../exit-codes.ts";
import { judge } from "../judge.ts";
import { createPaint, type Paint } from "../paint.ts";
import { textReport } from "../report/text-report.ts";
import { chooseDemoSource, type DemoSource } from "./demo-source.ts";
import { demoSpecText } from "./demo-spec.ts";
import { type CanaryVersion, type DemoVersions, startDemoVersions } from "./demo-versions.ts";

/** Requests before an analysis starts, so that it knows the baseline's latencies when it chooses what to compare. */
const historyMs = 4_000;

/** The acts of the demo, and what each has to come to. */
const acts = [
  { canary: "v2", expected: "fail", about: "v2 fails 4 % of its requests, v1 0.2 %." },
  { canary: "v3", expected: "pass", about: "v3 is as good as v1." },
] as const;

/**
 * Runs the demo and cleans up behind it.
 *
 * @returns 0 only if the bad canary failed and the good one passed; 2 if it was
 *   interrupted, else 1.
 */
export async function runDemo(host: CliHost): Promise<number> {
  return await cancelOnInterrupt(host.terminal, async (signal) => {
    try {
      return await play(host, signal);
    } catch (error) {
      if (!signal.aborted) throw error;
      return verdictExitCodes.inconclusive;
    }
  });
}

async function play(host: CliHost, signal: AbortSignal): Promise<number> {
  const paint = createPaint(host.terminal.stdout, true);
  const say = (text: string): void => void host.terminal.stdout.write(`${text}\n`);
  const versions = await startDemoVersions();
  try {
    say(opening(paint));
    const source = await chooseDemoSource(host, versions.targets, signal);
    say(`Samples come from ${source.description}.\n`);
    try {
      for (const act of acts) {
        say(`${paint("bold", `The canary is ${act.canary}.`)} ${act.about}\n`);
        const verdict = await playAct({ host, signal, versions, source, paint, canary: act.canary });
        if (signal.aborted) return verdictExitCodes.inconclusive;
        if (verdict !== act.expected) {
          say(
            `Wanted ${act.expected}, met ${verdict ?? "no verdict"}. It can happen by chance: run it again.`,
          );
          return verdictExitCodes.fail;
        }
      }
      say("As it should be: the bad canary failed, the good one passed.");
      return verdictExitCodes.pass;
    } finally {
      await source.close();
    }
  } finally {
    await versions.close();
  }
}

interface Act {
  readonly host: CliHost;
  readonly signal: AbortSignal;
  readonly versions: DemoVersions;
  readonly source: DemoSource;
  readonly paint: Paint;
  readonly canary: CanaryVersion;
}

async function playAct({ host, signal, versions, source, paint, canary }: Act): Promise<Verdict | null> {
  versions.sendTo(canary);
  await host.clock.until(host.clock.now() + historyMs, signal);
  const spec = parseSpec(readSpecText(demoSpecText(canary)));
  const result = await judge({ spec, startedAt: null, open: source.open, host, signal, isQuiet: false });
  if (result === null) return null;
  host.terminal.stdout.write(`${textReport(result, paint)}\n`);
  return result.verdict;
}

function opening(paint: Paint): string {
  const spec = demoSpecText(acts[0].canary).trimEnd().replaceAll(/^/gm, "  ");
  return [
    `${paint("bold", "Coalmine judges two canaries of a small service.")} Everything runs on this machine; it takes about a minute and a half.`,
    `\nThe spec, the same for both but for the canary's version:\n\n${paint("dim", spec)}\n`,
  ].join("\n");
}
