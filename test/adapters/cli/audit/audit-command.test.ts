import { expect, it } from "vitest";
import { runCliProgram } from "../../../../src/adapters/cli/cli-program.ts";
import type { AuditPageDocument } from "../../../../src/analysis/audit/audit-documents.ts";
import { specDocument } from "../../../support/sample-record.ts";
import { gateToken, tokenAccess } from "../../../support/serve-gates.ts";
import { serveRest } from "../../rest/serve-rest.ts";
import { fakeHost } from "../fake-host.ts";

/** Runs `coalmine audit list` with these words, with the token of ci. */
async function list(line: string, ask: typeof fetch = fetch, token: string | null = gateToken) {
  const { host, stdout, stderr } = fakeHost({
    fetch: (address, init) => ask(address, init),
    environment: { token },
  });
  const code = await runCliProgram(["audit", "list", ...line.split(" ").filter((word) => word !== "")], host);
  return { code, stdout: stdout(), stderr: stderr() };
}

async function server() {
  const { url } = await serveRest({ access: tokenAccess, prepare: (run) => run.look() });
  const send = async (method: string, path: string, body: unknown) => {
    const headers = { authorization: `Bearer ${gateToken}`, "content-type": "application/json" };
    const response = await fetch(`${url}${path}`, { method, headers, body: JSON.stringify(body) });
    return Object(await response.json());
  };
  return { url, send };
}

it("lists who did what to which, newest first, in columns", async () => {
  const { url, send } = await server();
  const { id } = await send("PUT", "/v1/analyses/release-7", specDocument);
  await send("POST", "/v1/gates", { namespace: "shop", canary: "cart", state: "closed" });
  const { code, stdout, stderr } = await list(`--server ${url}`);
  expect([code, stderr]).toEqual([0, ""]);
  const [head = "", gate = "", start = "", ...rest] = stdout.split("\n");
  expect(rest).toEqual([""]);
  expect(head.split(/ {2,}/)).toEqual(["WHEN", "CALLER", "DOOR", "ACTION", "NAMESPACE", "WHAT"]);
  const when = expect.stringMatching(/^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  expect(gate.split(/ {2,}/)).toEqual([
    ...[when, "ci", "rest", "close-gate", "shop"],
    "cart: all but rollback, revision all",
  ]);
  expect(start.split(/ {2,}/)).toEqual([
    ...[when, "ci", "rest", "start", "shop"],
    `checkout: ${id}, key release-7`,
  ]);
});

it("goes page by page, and says how to go on", async () => {
  const { url, send } = await server();
  for (const canary of ["a", "b", "c"])
    await send("POST", "/v1/gates", { namespace: "shop", canary, state: "open" });
  const first = await list(`--limit 2 --server ${url}`);
  expect(
    first.stdout
      .split("\n")
      .slice(1, -1)
      .map((row) => row.split(/ {2,}/).at(-1)?.[0]),
  ).toEqual(["c", "b"]);
  expect(first.stderr).toBe("coalmine: there may be more: add --before 2\n");
  const second = await list(`--limit 2 --before 2 --output json --server ${url}`);
  const page: AuditPageDocument = JSON.parse(second.stdout);
  expect([page.entries.map(({ id }) => id), page.next, second.stderr]).toEqual([[1], null, ""]);
});

it("says so where nobody did anything, of a namespace as well", async () => {
  const { url } = await server();
  expect(await list(`--namespace bank --server ${url}`)).toEqual({
    code: 0,
    stdout: "nobody has changed anything there\n",
    stderr: "",
  });
});

it.each([
  ["--limit none", "wants a whole number"],
  ["--before 0", "wants a whole number"],
  ["--befor 1", "Did you mean --before?"],
])("refuses %j without asking a server", async (line, text) => {
  let asked = 0;
  const { code, stderr } = await list(line, async () => {
    asked += 1;
    return new Response();
  });
  expect([code, asked]).toEqual([64, 0]);
  expect(stderr).toContain(text);
});

it("tells what a server says that refuses, and one that knows no audit", async () => {
  const { url } = await server();
  const refused = await list(`--server ${url}`, fetch, "wrong");
  expect([refused.code, refused.stderr]).toEqual([64, expect.stringContaining("COALMINE_TOKEN")]);
  const old = await list("", async () => new Response("<html>", { status: 404 }));
  expect([old.code, old.stderr]).toEqual([64, expect.stringContaining("one that knows no audit")]);
});

it("lets nothing that stands in an entry steer the terminal", async () => {
  const entry = {
    ...{ id: 1, at: "2026-01-01T12:00:00.000Z", caller: "a\u001b[2J", door: "rest", action: "start" },
    ...{ namespace: "", analysis: { id: "x\ny", key: "\u0007", service: "s" }, gate: null },
  };
  const { stdout } = await list("", async () => Response.json({ entries: [entry], next: null }));
  expect(stdout.split("\n")[1]).toBe("2026-01-01T12:00:00Z  a [2J   rest  start   -          s: x y, key");
});
