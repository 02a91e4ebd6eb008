/** docs/errors.md is held to the code: every code is there, no other is, and the numbers are the adapters'. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { status } from "@grpc/grpc-js";
import { describe, expect, it } from "vitest";
import { exitCodes } from "../../src/adapters/cli/exit-codes.ts";
import { grpcStatus } from "../../src/adapters/grpc/grpc-status.ts";
import { problemStatus } from "../../src/adapters/http/problem.ts";
import { reasonCodes, warningCodes } from "../../src/analysis/reasons.ts";
import { errorCodes } from "../../src/base/errors.ts";
import { rowsUnder } from "../support/table-cells.ts";

const page = readFileSync(join(import.meta.dirname, "../../docs/errors.md"), "utf8");

describe("docs/errors.md", () => {
  it.each([
    ["Errors", errorCodes],
    ["Reasons", reasonCodes],
    ["Warnings", warningCodes],
  ])("explains under %s every code and no other, in the order of the code", (heading, codes) => {
    expect(rowsUnder(page, heading).map(([code]) => code)).toEqual(codes.map((code) => `\`${code}\``));
  });

  it.each(["Errors", "Reasons", "Warnings"])("leaves no cell empty under %s", (heading) => {
    expect(rowsUnder(page, heading).flat()).not.toContain("");
  });

  it("gives each error the exit code, the HTTP status and the gRPC status that callers get", () => {
    const told = rowsUnder(page, "Errors").map((cells) => cells.slice(-3));
    expect(told).toEqual(
      errorCodes.map((code) => [
        `${exitCodes[code]}`,
        `${problemStatus[code]}`,
        `\`${status[grpcStatus[code]]}\``,
      ]),
    );
  });
});
