/** Documents that are right but for a few places, as text: so that what lies behind the first check is reached. */
import fc from "fast-check";
import { anyJson, hostileKeys, hostileWords, rawJson } from "./hostile.ts";

/** Where a change goes: the value under `key` of `parent`. */
interface Place {
  readonly parent: Record<string, unknown> | unknown[];
  readonly key: string;
}

/** A quarter of what most bodies may be; found.test.ts has some that are as long. */
const longest = 64 * 1024;

/** One change of a document. */
interface Change {
  /** Which place, of as many as there are. */
  readonly at: number;
  readonly kind: (typeof changeKinds)[number];
  readonly key: string;
  /** JSON text; need not be right. */
  readonly raw: string;
  readonly times: number;
}

const changeKinds = [
  "replace",
  "drop",
  "rename",
  "add",
  "repeatKey",
  "wrap",
  "repeatItem",
  "borrow",
] as const;

const changeOf = ({ borrows }: Damage): fc.Arbitrary<Change> =>
  fc.record({
    at: fc.nat({ max: 10_000 }),
    kind: fc.constantFrom(...changeKinds.filter((kind) => borrows || kind !== "borrow")),
    key: fc.oneof(fc.constantFrom(...hostileKeys), fc.string({ maxLength: 6 })),
    raw: fc.oneof(
      fc.constantFrom(...hostileWords).map((word) => JSON.stringify(word)),
      fc.constantFrom("0", "-1", "1", "1.5", "true", "null", "[]", "{}", '""', '"x"', "1e308"),
      { weight: 1, arbitrary: fc.constantFrom(...rawJson) },
      anyJson.map((value) => JSON.stringify(value)),
    ),
    times: fc.constantFrom(2, 10, 60),
  });

export interface Damage {
  /** Whether a value may come to stand where another stood; not where one of them is a secret. */
  readonly borrows: boolean;
}

/**
 * The documents as JSON, a third of them as they are, the others after one to
 * three changes; some end up as no JSON at all.
 */
export function damagedJson(
  documents: fc.Arbitrary<unknown>,
  damage: Damage = { borrows: true },
): fc.Arbitrary<string> {
  const changes = fc.oneof(
    { weight: 1, arbitrary: fc.constant([]) },
    { weight: 5, arbitrary: fc.array(changeOf(damage), { minLength: 1, maxLength: 3 }) },
  );
  return fc.tuple(documents, changes).map(([document, some]) => write(document, some));
}

/** The same as values; what became no JSON is left as text. */
export function damagedValue(documents: fc.Arbitrary<unknown>, damage?: Damage): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 8, arbitrary: damagedJson(documents, damage).map(parsed) },
    { weight: 1, arbitrary: anyJson },
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Raw text is put in for a mark that stands for it until the document has been written. */
function write(document: unknown, changes: readonly Change[]): string {
  const root = { document: structuredClone(document) };
  const raws: string[] = [];
  const mark = (raw: string) => `\ue000${raws.push(raw) - 1}\ue000`;
  for (const one of changes) apply(root, one, mark);
  const text = JSON.stringify(root.document ?? null)
    .replaceAll(/"\ue000(\d+)\ue000":null/g, (_, index) => raws[Number(index)] ?? "")
    .replaceAll(/"\ue000(\d+)\ue000"/g, (_, index) => raws[Number(index)] ?? "");
  return text.slice(0, longest);
}

function apply(
  root: Record<string, unknown>,
  { at, kind, key, raw, times }: Change,
  mark: (raw: string) => string,
): void {
  const places = placesIn(root, []);
  const place = places[at % places.length];
  if (place === undefined) return;
  const value = valueAt(place);
  switch (kind) {
    case "replace":
      put(place, mark(raw));
      break;
    case "drop":
      drop(place);
      break;
    case "rename":
      drop(place);
      put({ ...place, key: Array.isArray(place.parent) ? place.key : key }, value);
      break;
    case "add":
      put(isMap(value) ? { parent: value, key } : place, mark(raw));
      break;
    case "repeatKey":
      if (isMap(place.parent)) put({ ...place, key: mark(`${JSON.stringify(place.key)}:${raw}`) }, null);
      break;
    case "wrap":
      put(place, at % 2 === 0 ? [value] : { [key]: value });
      break;
    case "repeatItem": {
      const item = Array.isArray(value) ? (value[0] ?? null) : value;
      put(
        place,
        Array.from({ length: times }, () => structuredClone(item)),
      );
      break;
    }
    case "borrow": {
      const other = places[(at * 7 + 1) % places.length];
      if (other !== undefined) put(place, structuredClone(valueAt(other)));
    }
  }
}

function placesIn(parent: Record<string, unknown> | unknown[], found: Place[]): Place[] {
  for (const [key, value] of Object.entries(parent)) {
    found.push({ parent, key });
    if (found.length < 3_000 && (isMap(value) || Array.isArray(value))) placesIn(value, found);
  }
  return found;
}

function valueAt({ parent, key }: Place): unknown {
  return Array.isArray(parent) ? parent[Number(key)] : parent[key];
}

function put({ parent, key }: Place, value: unknown): void {
  // By definition, not by assignment: `__proto__` is a key like others here.
  Object.defineProperty(parent, key, { value, enumerable: true, configurable: true, writable: true });
}

function drop({ parent, key }: Place): void {
  if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else if (key !== "document") delete parent[key];
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
