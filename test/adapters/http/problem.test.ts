import { expect, it } from "vitest";
import {
  HttpProblem,
  problemDocument,
  problemHeaders,
  problemStatus,
} from "../../../src/adapters/http/problem.ts";
import { CoalmineError, errorCodes } from "../../../src/base/errors.ts";

it.each(errorCodes)("tells a %s with its status, title and type", (code) => {
  const document = problemDocument(new CoalmineError(code, "what happened"));
  expect(document).toMatchObject({ code, status: problemStatus[code], type: `urn:coalmine:problem:${code}` });
  expect(document.title).not.toBe("");
});

it("tells the client's own failures in full", () => {
  const problems = [{ path: "tick", message: "expected a duration" }];
  expect(
    problemDocument(new CoalmineError("invalid-spec", "tick: expected a duration", { problems })),
  ).toEqual({
    type: "urn:coalmine:problem:invalid-spec",
    title: "The spec cannot be read",
    status: 400,
    detail: "tick: expected a duration",
    code: "invalid-spec",
    problems,
  });
});

it.each([
  new CoalmineError("internal", "secret"),
  new CoalmineError("invalid-settings", "secret", { problems: [{ path: "auth.token", message: "secret" }] }),
  new TypeError("secret"),
  Object.assign(new Error("secret"), { status: 502 }),
  "secret",
  { secret: "secret" },
  null,
])("tells nothing of a fault of the server: %s", (thrown) => {
  const document = problemDocument(thrown);
  expect(document.status).toBe(500);
  expect(JSON.stringify(document)).not.toContain("secret");
});

it("gives a failure of the protocol its own status", () => {
  expect(problemDocument(new HttpProblem(405, "no"))).toMatchObject({ status: 405, code: "invalid-request" });
  const ofExpress = Object.assign(new Error("bad sequence"), { status: 400 });
  expect(problemDocument(ofExpress)).toMatchObject({ status: 400, detail: "bad sequence" });
});

it("says after how long to ask again where that may help, and nowhere else", () => {
  const headers = (thrown: unknown) => problemHeaders(thrown, problemDocument(thrown).status);
  expect(headers(new CoalmineError("source-unavailable", "away"))).toEqual({ "Retry-After": "5" });
  expect(headers(new CoalmineError("internal", "a fault"))).toEqual({});
  const draining = new HttpProblem(503, "later", { headers: { Connection: "close" } });
  expect(headers(draining)).toEqual({ "Retry-After": "5", Connection: "close" });
  expect(headers(new HttpProblem(405, "no", { headers: { Allow: "GET" } }))).toEqual({ Allow: "GET" });
});
