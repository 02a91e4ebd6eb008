import { expect, test } from "vitest";
import { escapeMarkdown, markdownReport } from "../../../../src/adapters/cli/report/markdown-report.ts";
import { failedResult, inconclusiveResult } from "../sample-result.ts";

test("a comment has the verdict as its heading, the reason, a table and the warnings", () => {
  expect(markdownReport(failedResult)).toBe(`\
### ❌ Canary of checkout: fail

errors: 8.1 % of requests, baseline 1.0 %

| metric | verdict | numbers |
| --- | --- | --- |
| errors | ❌ fail | 8.1 % errors, baseline 1.0 %<br>canary: 8.1 % errors, of 1,204 (6.7 to 9.8 %)<br>baseline: 1.0 % errors, of 12,040 (0.86 to 1.2 %)<br>ratio: 7.9× (4.2× to 14×)<br>worse: 41 : 1, needs 20 : 1<br>fine: &lt;0.01 : 1, needs 20 : 1 |
| p99 | ⏳ undecided | no difference so far<br>canary: 0 % slower than 500 ms, of 1,204 (0 to 0.32 %)<br>ratio: over 0.20×<br>p99: canary 250 ms to 500 ms, baseline over 100 ms<br>worse: 1.3 : 1, needs 40 : 1 |

- ⚠️ all errors come from one pod (\`single-pod\`)
`);
});

test("an inconclusive comment says what to do next", () => {
  expect(markdownReport(inconclusiveResult)).toContain("**Next:** Judge for longer (--duration), ");
});

test("names cannot break out of their cell or bring markup", () => {
  expect(escapeMarkdown("a|b\n<img> `x` *y* [z](u) & c")).toBe(
    "a\\|b &lt;img&gt; \\`x\\` \\*y\\* \\[z\\](u) &amp; c",
  );
});
