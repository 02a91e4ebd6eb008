import fc from "fast-check";
import { expect, test } from "vitest";
import { writeXml } from "../../../../src/adapters/cli/report/xml.ts";

const head = '<?xml version="1.0" encoding="UTF-8"?>\n';

test("elements nest with their attributes in order", () => {
  const inner = { name: "b", attributes: { y: 1, x: "2" }, children: ["text"] };
  expect(writeXml({ name: "a", attributes: {}, children: [inner, { ...inner, children: [] }] })).toBe(
    `${head}<a>\n  <b y="1" x="2">\n    text\n  </b>\n  <b y="1" x="2"/>\n</a>\n`,
  );
});

test("markup characters are escaped in attributes and text", () => {
  expect(writeXml({ name: "a", attributes: { x: `<&>"'` }, children: [`]]><&"'`] })).toBe(
    `${head}<a x="&lt;&amp;&gt;&quot;'">\n  ]]&gt;&lt;&amp;"'\n</a>\n`,
  );
});

test("line ends and tabs of an attribute survive its normalization", () => {
  expect(writeXml({ name: "a", attributes: { x: "1\n2\t3\r4" }, children: [] })).toBe(
    `${head}<a x="1&#10;2&#9;3&#13;4"/>\n`,
  );
});

test("characters that XML cannot say are replaced", () => {
  expect(writeXml({ name: "a", attributes: {}, children: ["\u0000\u001B\uFFFE\uD800😀"] })).toBe(
    `${head}<a>\n  \uFFFD\uFFFD\uFFFD\uFFFD😀\n</a>\n`,
  );
});

/** Every UTF-16 unit, alone or in pairs that happen to be right. */
const anyText = fc.array(fc.integer({ min: 0, max: 0xff_ff })).map((units) => String.fromCharCode(...units));

test("whatever the text, no markup and no forbidden character is left in it", () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const xml = writeXml({ name: "a", attributes: { x: text }, children: [] });
      const value = xml.slice(`${head}<a x="`.length, -'"/>\n'.length);
      expect(value).not.toMatch(/[<>"\uFFFE\uFFFF]/);
      expect([...value].every((character) => character >= " ")).toBe(true);
    }),
  );
});
