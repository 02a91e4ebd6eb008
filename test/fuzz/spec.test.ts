/** The spec: as a value, as text, and the small languages of its values. */

import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { planAnalysis } from "../../src/analysis/plan/plan.ts";
import { renderSelector } from "../../src/analysis/selector.ts";
import { applySettings } from "../../src/analysis/spec/apply-settings.ts";
import { parseCondition } from "../../src/analysis/spec/parse-condition.ts";
import { parseMatchers, parseSelector } from "../../src/analysis/spec/parse-selector.ts";
import { parseSpec } from "../../src/analysis/spec/parse-spec.ts";
import { readSpecText } from "../../src/analysis/spec/read-spec-text.ts";
import { writeSpec } from "../../src/analysis/spec/write-spec.ts";
import { damagedJson, damagedValue } from "./support/damage-json.ts";
import { damagedText } from "./support/damage-text.ts";
import { fuzzParser } from "./support/fuzz-parser.ts";
import { specDocuments } from "./support/specs.ts";
import { yamlPieces, yamlTexts } from "./support/yaml-texts.ts";

fuzzParser({
  name: "parseSpec",
  inputs: damagedValue(specDocuments),
  reaches: ["read", "invalid-spec"],
  read(input) {
    const spec = parseSpec(input);
    planAnalysis(spec);
    if (!isDeepStrictEqual(parseSpec(writeSpec(spec)), spec))
      throw new Error("writeSpec is not read back as the same spec");
  },
});

fuzzParser({
  name: "readSpecText",
  inputs: fc.oneof(
    { weight: 3, arbitrary: damagedJson(specDocuments) },
    {
      weight: 5,
      arbitrary: damagedText(yamlTexts(specDocuments), { pieces: yamlPieces, longest: 4_096 }),
    },
  ),
  reaches: ["read", "invalid-spec"],
  read: (text) => parseSpec(readSpecText(text)),
});

const selectors = fc.constantFrom(
  "http_requests_total",
  'http_requests_total{code=~"5..",path!="/health"}',
  '{__name__="a",b="c"}',
  '{"my.metric","a.b"="c",}',
  'a:b{c="\\u00e9\\n\\x41\\101"} # why',
  "up{a='b',c=`d\\`}",
  'up{a="b"} == 0',
  "heap < -1.5e3",
);
const selectorPieces = [
  "{",
  "}",
  "(",
  ")",
  "[5m]",
  ",",
  "=",
  "=~",
  "!=",
  "!~",
  '"',
  "'",
  "`",
  "\\",
  "\\x",
  "\\u12",
  "# c\n",
  " ",
  "__name__",
  "==",
  ">=",
  "1e9",
  "offset 5m",
  "@",
];
const selectorText = damagedText(selectors, { pieces: selectorPieces, longest: 4_096 });

fuzzParser({
  name: "parseSelector",
  inputs: selectorText,
  reaches: ["read", "invalid-spec"],
  read(text) {
    const selector = parseSelector(text);
    if (!isDeepStrictEqual(parseSelector(renderSelector(selector)), selector))
      throw new Error("renderSelector is not read back");
  },
});
fuzzParser({
  name: "parseMatchers",
  inputs: selectorText.map((text) => text.replace(/^[^{]*/, "")),
  reaches: ["read", "invalid-spec"],
  read: parseMatchers,
});
fuzzParser({
  name: "parseCondition (of a spec)",
  inputs: selectorText,
  reaches: ["read", "invalid-spec"],
  read: parseCondition,
});

fuzzParser({
  name: "applySettings",
  inputs: fc.tuple(
    damagedJson(specDocuments),
    fc.array(
      damagedText(
        fc.constantFrom(
          "budget.falseAlarm=0.01",
          "metrics.0.limit=1%",
          'cohorts={"canary":{"version":"v2"}}',
          "a.b.c=1",
          "metrics.1={}",
        ),
        {
          pieces: [".", "=", "0", "metrics", "__proto__", "constructor", "prototype", "{", "["],
          longest: 4_096,
        },
      ),
      { maxLength: 3 },
    ),
  ),
  reaches: ["read", "invalid-spec"],
  read: ([text, assignments]) => parseSpec(applySettings(readSpecText(text), assignments)),
});
