/** What Coalmine's gates answer otherwise than the load tester's; plugins/flagger/gates.md shows it as a table. */
import type { GateReply } from "./gate-exchange.ts";
import { type GateSequence, payload } from "./gate-requests.ts";

/** A status, and the text of the body; `…` stands for any text. */
interface Told {
  readonly status: number;
  readonly text: string;
}

export interface GateDifference extends GateSequence {
  /** What both answered to the last of the requests. */
  readonly loadTester: Told;
  readonly coalmine: Told;
  readonly why: string;
  /** Whether the server names tokens. */
  readonly hasTokens?: true;
}

const approved = { status: 200, text: "Approved" };
const forbidden = { status: 403, text: "Forbidden" };
const accepted = { status: 202, text: "" };
const nameIsWrong = { status: 400, text: "…name: expected a Canary's name…" };

export const gateDifferences: readonly GateDifference[] = [
  {
    about: "a body that cannot be read",
    requests: () => [{ path: "/gate/open", body: "{" }],
    loadTester: { status: 400, text: "" },
    coalmine: { status: 400, text: "the body of the call is no JSON" },
    why: "every refusal says in one line what to mend",
  },
  {
    about: "no `name` or no `namespace`",
    requests: () => [{ path: "/gate/open", body: { namespace: "shop" } }],
    loadTester: accepted,
    coalmine: nameIsWrong,
    why: "whoever forgot it believes that a gate is open, and it is nobody's",
  },
  {
    about: "a name that no Canary or namespace can have",
    requests: () => [{ path: "/gate/open", body: payload("Check Out") }],
    loadTester: accepted,
    coalmine: nameIsWrong,
    why: "a misspelt name opens nothing, so it is not taken",
  },
  {
    about: "keys in other letters, as `Name`",
    requests: (canary) => [{ path: "/gate/open", body: { Name: canary, Namespace: "shop" } }],
    loadTester: accepted,
    coalmine: nameIsWrong,
    why: "Go reads keys in any letters; Flagger sends one way",
  },
  {
    about: "a body over 64 KiB",
    requests: (canary) => [
      { path: "/gate/open", body: payload(canary, { metadata: { note: "x".repeat(70_000) } }) },
    ],
    loadTester: accepted,
    coalmine: { status: 413, text: "…over the limit of 65536 bytes" },
    why: "Flagger sends a few hundred bytes; more is a mistake or an attack",
  },
  {
    about: "`metadata.hook: confirm-promotion` at open, then a check that names no hook",
    requests: (canary) => [
      { path: "/gate/open", body: payload(canary, { metadata: { hook: "confirm-promotion" } }) },
      { path: "/gate/check", body: payload(canary) },
    ],
    loadTester: approved,
    coalmine: forbidden,
    why: "`metadata.hook` narrows a gate to that hook; the load tester has one for all",
  },
  {
    about: "`metadata.revision: this` at open, then a check of the next revision",
    requests: (canary) => [
      { path: "/rollback/open", body: payload(canary, { metadata: { revision: "this" } }) },
      { path: "/rollback/check", body: payload(canary, { checksum: "6d4f8c9b5d" }) },
    ],
    loadTester: approved,
    coalmine: forbidden,
    why: "`metadata.revision: this` narrows a gate to the call's checksum, so that it is shut again for the next",
  },
  {
    about: "`metadata.hook` with a word that is no gate's hook",
    requests: (canary) => [
      { path: "/gate/open", body: payload(canary, { metadata: { hook: "confirm-promotio" } }) },
    ],
    loadTester: accepted,
    coalmine: { status: 400, text: "…did you mean `confirm-promotion`?" },
    why: "a misspelt hook would open every gate or none",
  },
  {
    about: "a Canary named `rollback.x`, and the rollback of `x`",
    requests: (canary) => [
      { path: "/gate/open", body: payload(`rollback.${canary}`) },
      { path: "/rollback/check", body: payload(canary) },
    ],
    loadTester: approved,
    coalmine: forbidden,
    why: "the load tester joins names by dots; here nobody's gate rolls back somebody else's release",
  },
  {
    about: "no token, where the settings name tokens",
    requests: (canary) => [{ path: "/gate/open", body: payload(canary) }],
    loadTester: accepted,
    coalmine: { status: 401, text: "the call needs a token…" },
    why: "whoever opens a gate promotes or rolls back: `metadata.token`, or a user and password in the URL",
    hasTokens: true,
  },
  {
    about: "`/gate/check/` and other paths that are nearly right",
    requests: (canary) => [{ path: "/gate/check/", body: payload(canary) }],
    loadTester: { status: 400, text: "metadata not found in payload" },
    coalmine: { status: 404, text: "…nothing is served at /gate/check/…" },
    why: "every other path is a task to the load tester",
  },
  {
    about: "`/`: load tests and other tasks",
    requests: (canary) => [{ path: "/", body: payload(canary, { metadata: { type: "cmd", cmd: "true" } }) }],
    loadTester: accepted,
    coalmine: { status: 404, text: "…nothing is served at /…" },
    why: "Coalmine runs no commands for callers; keep the load tester for load",
  },
];

/** Whether an answer is as told, to the letter where no `…` stands. */
export function isAsTold({ status, body }: GateReply, told: Told): boolean {
  const parts = told.text.split("…");
  const isText =
    parts.length === 1
      ? body === told.text
      : body.startsWith(parts[0] ?? "") && body.endsWith(parts.at(-1) ?? "");
  return status === told.status && isText && parts.every((part) => body.includes(part));
}

/** The table of plugins/flagger/gates.md. */
export function differencesTable(): string {
  const rows = gateDifferences.map(
    ({ about, loadTester, coalmine, why }) =>
      `| ${about} | ${cell(loadTester)} | ${cell(coalmine)} | ${why} |`,
  );
  return ["| request | load tester | Coalmine | why |", "| --- | --- | --- | --- |", ...rows].join("\n");
}

function cell({ status, text }: Told): string {
  return text === "" ? String(status) : `${status} “${text}”`;
}
