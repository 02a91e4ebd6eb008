/**
 * Takes the samples out of an answer's bytes before JSON.parse sees it.
 *
 * Samples are nearly all of an answer, and JSON.parse makes an array and a
 * string of each one only to have both thrown away: reading them here makes an
 * answer of 800 series twice as cheap.
 */
import { parseGoFloat } from "./go-float.ts";

/** The samples of one series as they stood in the answer, in any order. */
export interface SampleList {
  /** Milliseconds since the epoch, one for each of `values`. */
  readonly times: readonly number[];
  readonly values: readonly number[];
}

/** An answer without its samples. */
export interface LiftedBody {
  /** Each list of samples that was taken out is its index in `lists` here. */
  readonly json: string;
  readonly lists: readonly SampleList[];
}

const key = Buffer.from('"values":[[');
const comma = 0x2c;
const quote = 0x22;
const opening = 0x5b;
const closing = 0x5d;
const brace = 0x7b;
const point = 0x2e;
const zero = 0x30;
const nine = 0x39;

/**
 * Only what is written just as Prometheus writes it is taken out: no spaces,
 * times with up to three decimals. Anything else stays for JSON.parse, so the
 * two give the same samples and the same complaints.
 *
 * The key is one, not part of a text: its quotes are not escaped, because a
 * comma or brace stands before the first and a letter before the second.
 */
export function liftSamples(body: Buffer): LiftedBody {
  const rest = Buffer.allocUnsafe(body.length);
  const lists: SampleList[] = [];
  let written = 0;
  let kept = 0;
  for (let at = body.indexOf(key); at !== -1; at = body.indexOf(key, at + 1)) {
    const start = at + key.length - 2;
    const before = body[at - 1];
    const scanned = before === comma || before === brace ? scanList(body, start) : null;
    if (scanned === null) continue;
    written += body.copy(rest, written, kept, start);
    // The space keeps it from growing with what follows in a damaged answer.
    written += rest.write(`${lists.length} `, written, "latin1");
    lists.push(scanned.list);
    kept = scanned.end;
  }
  if (lists.length === 0) return { json: body.toString("utf8"), lists };
  written += body.copy(rest, written, kept);
  return { json: rest.toString("utf8", 0, written), lists };
}

interface Cursor {
  at: number;
  value: number;
}

/** `[[time,"value"],…]`; null if it is written in any other way. */
function scanList(body: Buffer, start: number): { readonly list: SampleList; readonly end: number } | null {
  const times: number[] = [];
  const values: number[] = [];
  const cursor = { at: start, value: 0 };
  do {
    if (body[++cursor.at] !== opening) return null;
    cursor.at++;
    if (!scanTime(body, cursor)) return null;
    times.push(cursor.value);
    if (body[cursor.at++] !== comma || body[cursor.at++] !== quote) return null;
    if (!scanValue(body, cursor)) return null;
    values.push(cursor.value);
    if (body[cursor.at++] !== quote || body[cursor.at++] !== closing) return null;
  } while (body[cursor.at] === comma);
  return body[cursor.at] === closing ? { list: { times, values }, end: cursor.at + 1 } : null;
}

/** Seconds with up to three decimals, as milliseconds: exact, as integers are added only. */
function scanTime(body: Buffer, cursor: Cursor): boolean {
  const digits = scanDigits(body, cursor);
  // No leading zero, which JSON forbids, and none so large that milliseconds would lose digits.
  if (digits === 0 || digits > 11 || (digits > 1 && body[cursor.at - digits] === zero)) return false;
  const seconds = cursor.value;
  let millis = 0;
  if (body[cursor.at] === point) {
    cursor.at++;
    const decimals = scanDigits(body, cursor);
    if (decimals === 0 || decimals > 3) return false;
    millis = cursor.value * (decimals === 1 ? 100 : decimals === 2 ? 10 : 1);
  }
  cursor.value = seconds * 1_000 + millis;
  return true;
}

/** Up to the closing quote. Counts are whole numbers, so these go without making a string. */
function scanValue(body: Buffer, cursor: Cursor): boolean {
  const start = cursor.at;
  const digits = scanDigits(body, cursor);
  if (digits > 0 && digits <= 15 && body[cursor.at] === quote) return true;
  // The longest float64 that Go writes has 24 characters.
  let end = cursor.at;
  while (end < body.length && end - start < 32 && body[end] !== quote) end++;
  const value = parseGoFloat(body.toString("latin1", start, end));
  if (value === null) return false;
  cursor.at = end;
  cursor.value = value;
  return true;
}

/** How many digits stand at the cursor, which moves past them and takes their value. */
function scanDigits(body: Buffer, cursor: Cursor): number {
  const start = cursor.at;
  let at = start;
  let value = 0;
  for (let byte = body[at]; byte !== undefined && byte >= zero && byte <= nine; byte = body[++at]) {
    value = value * 10 + (byte - zero);
  }
  cursor.at = at;
  cursor.value = value;
  return at - start;
}
