/** YAML in which secrets may stand, so that nothing of it may be told. */
import { parse, YAMLParseError } from "yaml";

/** Why a text is no YAML, in words that hold nothing of it. */
class NoYaml extends Error {
  override readonly name = "NoYaml";
}

/** A plain value; undefined for a text without any. @throws NoYaml */
export function readSecretYaml(text: string): unknown {
  try {
    // Its warnings quote the text too, and so would a map that became the text of a key.
    return (
      parse(text, { uniqueKeys: true, stringKeys: true, maxAliasCount: 100, logLevel: "error" }) ?? undefined
    );
  } catch (error) {
    throw untold(error);
  }
}

/** The parser's own messages quote the text; so its error does not go along as a cause either. */
function untold(error: unknown): NoYaml {
  if (!(error instanceof YAMLParseError)) {
    return new NoYaml("it has an alias of no anchor, or too many aliases");
  }
  const [at] = error.linePos ?? [];
  const where = at === undefined ? "" : ` in line ${at.line}, column ${at.col}`;
  return new NoYaml(`${error.code.toLowerCase().replaceAll("_", " ")}${where}`);
}
