/** One parser of outside bytes under many inputs: whatever comes ends in a value or a refusal, and leaves nothing behind. */
import { setImmediate as turnOfEventLoop } from "node:timers/promises";
import fc from "fast-check";
import { expect, it } from "vitest";
import { CoalmineError } from "../../../src/base/errors.ts";
import { reportFuzz } from "./report-fuzz.ts";

/** `npm run fuzz` sets both; without them the tests take seconds and are the same every time. */
const runs = Number(process.env["FUZZ_RUNS"] ?? 100);
const seed = Number(process.env["FUZZ_SEED"] ?? 1);

/** As long as a message may be that a caller, a log or a table is told, in UTF-16 units. */
const mostMessage = 16_384;

/** Only a parser that hangs comes near; speed is reported, not asserted. */
const hangMs = 900_000;

export interface FuzzedParser<T> {
  readonly name: string;
  readonly inputs: fc.Arbitrary<T>;
  /** Reads one input; what it returns is awaited. Throws an Error of its own for what the value must not be. */
  read(input: T): unknown;
  /** The documented classes of refusal beside CoalmineError, and what to call them. */
  readonly isRefusal?: (thrown: unknown) => string | null;
  /** What the inputs must reach, so that they are neither all refused nor all read: `read`, or a refusal's code. */
  readonly reaches: readonly string[];
  /** Whether a refusal's message is promised to be one line. */
  readonly isOneLine?: boolean;
  /** Stands in the inputs where a secret would; no message may hold it. */
  readonly secret?: string;
  /** Fewer where one input costs a file or a connection; one in so many of the others. */
  readonly share?: number;
}

type Promises = Pick<FuzzedParser<never>, "isOneLine" | "secret">;

/** Registers the test of one parser. */
export function fuzzParser<T>(parser: FuzzedParser<T>): void {
  const numRuns = Math.ceil(runs / (parser.share ?? 1));
  it(`${parser.name}: ends in a value or a refusal, whatever comes`, { timeout: hangMs }, async () => {
    const met = new Set<string>();
    const cost: { cpuMs: number; slowestMs: number; slowest: unknown } = {
      cpuMs: 0,
      slowestMs: 0,
      slowest: null,
    };
    const rejections: unknown[] = [];
    const noteRejection = (reason: unknown) => void rejections.push(reason);
    process.on("unhandledRejection", noteRejection);
    const heapBefore = process.memoryUsage().heapUsed;
    const property = fc.asyncProperty(parser.inputs, async (input) => {
      const startedAt = process.threadCpuUsage();
      const result = await resultOf(parser, input);
      const { user, system } = process.threadCpuUsage(startedAt);
      const cpuMs = (user + system) / 1_000;
      cost.cpuMs += cpuMs;
      if (cpuMs > cost.slowestMs) Object.assign(cost, { slowestMs: cpuMs, slowest: input });
      met.add(result);
      requireCleanPrototypes();
    });
    const outcome = await fc.check(property, { numRuns, seed });
    await turnOfEventLoop();
    process.off("unhandledRejection", noteRejection);
    if (outcome.failed) throw failure(parser.name, outcome, outcome.counterexample?.[0]);
    expect(rejections, "rejections that nobody handled").toEqual([]);
    const heapMb = (process.memoryUsage().heapUsed - heapBefore) / 2 ** 20;
    reportFuzz({ name: parser.name, runs: numRuns, heapMb, ...cost, slowest: shown(cost.slowest) });
    expect([...met], "what came of the inputs").toEqual(expect.arrayContaining([...parser.reaches]));
  });
}

/** `read`, or the code of the refusal. @throws what is neither, or a refusal that says too much. */
async function resultOf<T>(parser: FuzzedParser<T>, input: T): Promise<string> {
  try {
    await parser.read(input);
    return "read";
  } catch (thrown) {
    const told = parser.isRefusal?.(thrown) ?? null;
    if (told === null && !(thrown instanceof CoalmineError && thrown.code !== "internal")) throw thrown;
    if (thrown instanceof Error) checkMessages(parser, thrown);
    return told ?? (thrown instanceof CoalmineError ? thrown.code : "refused");
  }
}

function checkMessages({ isOneLine = false, secret }: Promises, refusal: Error): void {
  const problems = refusal instanceof CoalmineError ? refusal.problems : [];
  const told = [refusal.message, ...problems.flatMap(({ path, message }) => [path, message])];
  const length = told.reduce((sum, text) => sum + text.length, 0);
  if (length > 2 * mostMessage)
    throw new Error(`the refusal has ${length} characters: ${shown(refusal.message)}`);
  for (const text of told) {
    if (secret !== undefined && text.includes(secret))
      throw new Error(`the refusal tells a secret: ${shown(text)}`);
  }
  if (isOneLine && /[\n\r]/.test(refusal.message))
    throw new Error(`the refusal is not one line: ${shown(refusal.message)}`);
}

const prototypes = [Object.prototype, Array.prototype, Function.prototype, Map.prototype];
const cleanKeys = prototypes.map((prototype) => Reflect.ownKeys(prototype).length);

function requireCleanPrototypes(): void {
  for (const [index, prototype] of prototypes.entries()) {
    if (Reflect.ownKeys(prototype).length !== cleanKeys[index]) throw new Error("a prototype was written to");
  }
}

/** As fast-check tells it, but short: an input may be megabytes. */
function failure(
  name: string,
  {
    seed: used,
    counterexamplePath,
    errorInstance,
  }: Pick<fc.RunDetails<unknown>, "seed" | "counterexamplePath" | "errorInstance">,
  input: unknown,
): Error {
  const why =
    errorInstance instanceof Error ? (errorInstance.stack ?? errorInstance.message) : String(errorInstance);
  const text = `${name}: seed ${used}, path "${counterexamplePath}"\ncounterexample: ${shown(input, 3_000)}\n${why.slice(0, 3_000)}`;
  return new Error(text, { cause: errorInstance });
}

function shown(input: unknown, most = 120): string {
  let text: string;
  try {
    text = fc.stringify(input);
  } catch {
    text = "(it nests too deep to be shown)";
  }
  return text.length <= most ? text : `${text.slice(0, most)}… (${text.length} characters)`;
}
