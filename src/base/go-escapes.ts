/** What the plain escapes of Go's strings stand for, which PromQL and expr have too. A quote is escaped in its own kind only. */
export const goEscapes: Readonly<Record<string, string>> = {
  a: "\u0007",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  "\\": "\\",
};
