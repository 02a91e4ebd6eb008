/** The little XML that JUnit reports need. */

/** An element: attributes in the order given; children are elements, or text to be escaped. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string | number>>;
  readonly children: readonly (XmlElement | string)[];
}

/** A document of XML 1.0 in UTF-8, indented, with every character escaped or, where XML has no way to say it, replaced by U+FFFD. */
export function writeXml(root: XmlElement): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${writeElement(root, "")}`;
}

function writeElement({ name, attributes, children }: XmlElement, indent: string): string {
  const pairs = Object.entries(attributes).map(
    ([key, value]) => ` ${key}="${escapeAttribute(String(value))}"`,
  );
  const start = `${indent}<${name}${pairs.join("")}`;
  if (children.length === 0) return `${start}/>\n`;
  const inner = children.map((child) =>
    typeof child === "string" ? `${indent}  ${escapeText(child)}\n` : writeElement(child, `${indent}  `),
  );
  return `${start}>\n${inner.join("")}${indent}</${name}>\n`;
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  // White space as it is would reach the reader of an attribute as plain spaces (XML 1.0 §3.3.3).
  "\n": "&#10;",
  "\t": "&#9;",
  "\r": "&#13;",
};

function escapeAttribute(text: string): string {
  return escapeCharacters(text, /[&<>"\n\t\r]/g);
}

function escapeText(text: string): string {
  return escapeCharacters(text, /[&<>\r]/g);
}

/** XML 1.0 §2.2: characters outside `Char` cannot stand in a document, not even as references. */
function escapeCharacters(text: string, special: RegExp): string {
  return text
    .toWellFormed()
    .replaceAll(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, "\u{FFFD}")
    .replaceAll(special, (character) => entities[character] ?? character);
}
