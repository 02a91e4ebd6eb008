import { describe, expect, it } from "vitest";
import { createTroubleLog } from "../../../../src/adapters/flagger/kubernetes/trouble-log.ts";
import { CoalmineError } from "../../../../src/base/errors.ts";

const away = new CoalmineError("source-unavailable", "the API is away");
const refused = new CoalmineError("invalid-settings", "a right is missing");

describe("createTroubleLog", () => {
  it("logs the first loss of each cause, until it is over", () => {
    const { log, lines } = recordedLog();
    for (const error of [away, away, refused, away]) log.lost({ namespace: "shop", name: "checkout" }, error);
    log.over("shop");
    log.over("shop");
    log.lost({ namespace: "shop", name: "payment" }, away);
    expect(lines).toEqual([
      ["warn", { canary: "shop/checkout", err: away }],
      ["warn", { canary: "shop/checkout", err: refused }],
      ["info", { namespace: "shop", lost: 4 }],
      ["warn", { canary: "shop/payment", err: away }],
    ]);
  });

  it("logs of a thousand namespaces at most, for callers may make names up", () => {
    const { log, lines } = recordedLog();
    for (let n = 0; n < 1_500; n++) log.lost({ namespace: `made-up-${n}`, name: "x" }, away);
    expect(lines).toHaveLength(1_000);
    log.lost({ namespace: "made-up-999", name: "x" }, refused);
    expect(lines).toHaveLength(1_001);
  });
});

function recordedLog() {
  const lines: [string, object][] = [];
  const level = (name: string) => (fields: object) => void lines.push([name, fields]);
  return {
    lines,
    log: createTroubleLog({ info: level("info"), warn: level("warn"), error: level("error") }),
  };
}
