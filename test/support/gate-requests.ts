/** Requests that Flagger's load tester and Coalmine answer alike; a 400 has a text at Coalmine only. */
import { gzipSync } from "node:zlib";
import type { GateRequest } from "./gate-exchange.ts";

/** Requests that follow each other, about a canary that nobody asked for before. */
export interface GateSequence {
  readonly about: string;
  readonly requests: (canary: string) => readonly GateRequest[];
}

/** Those that ask or say something. */
export const gatePaths = [
  "/gate/check",
  "/gate/open",
  "/gate/close",
  "/rollback/check",
  "/rollback/open",
  "/rollback/close",
];

/** As Flagger sends it. */
export function payload(name: string, rest: object = {}): object {
  return { name, namespace: "shop", phase: "Progressing", checksum: "85d557f47b", ...rest };
}

function sequence(about: string, ...paths: readonly string[]): GateSequence {
  return { about, requests: (canary) => paths.map((path) => ({ path, body: payload(canary) })) };
}

/** Opens and asks with the same request, so that reading it rightly shows. */
function openedWith(about: string, of: (canary: string) => Omit<GateRequest, "path">): GateSequence {
  const requests = (canary: string) => [
    { ...of(canary), path: "/gate/open" },
    { path: "/gate/check", body: payload(canary) },
    { ...of(canary), path: "/gate/check" },
  ];
  return { about, requests };
}

const constants = ["/gate/approve", "/gate/halt"].flatMap((path): GateSequence[] => [
  sequence(`${path} with Flagger's payload`, path, path),
  {
    about: `${path} with any method`,
    requests: () => ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"].map((method) => ({ method, path })),
  },
  { about: `${path} with an empty body`, requests: () => [{ path }] },
  { about: `${path} with a body that is no JSON`, requests: () => [{ path, body: "{" }] },
  { about: `${path} with a large body`, requests: () => [{ path, body: "x".repeat(200_000) }] },
  { about: `${path} with a query`, requests: () => [{ path: `${path}?for=you` }] },
]);

const states = [
  sequence("a gate nobody opened", "/gate/check", "/gate/check"),
  sequence("open", "/gate/open", "/gate/check", "/gate/check"),
  sequence("open and close", "/gate/open", "/gate/close", "/gate/check"),
  sequence("close and open", "/gate/check", "/gate/close", "/gate/open", "/gate/check"),
  sequence("open twice, close once", "/gate/open", "/gate/open", "/gate/close", "/gate/check"),
  sequence("close what was never open", "/gate/close", "/gate/check"),
  sequence("a rollback nobody asked for", "/rollback/check", "/rollback/check"),
  sequence("rollback", "/rollback/open", "/rollback/check", "/rollback/close", "/rollback/check"),
  sequence("a rollback is no gate", "/rollback/open", "/gate/check", "/gate/close", "/rollback/check"),
  sequence("a query", "/gate/open?for=you", "/gate/check?name=me"),
  sequence("a gate is no rollback", "/gate/open", "/rollback/check", "/rollback/close", "/gate/check"),
];

const isolation: readonly GateSequence[] = [
  {
    about: "another canary of the namespace, and the same name in another",
    requests: (canary) => [
      { path: "/gate/open", body: payload(canary) },
      { path: "/rollback/open", body: payload(canary) },
      ...["/gate/check", "/rollback/check"].flatMap((path) => [
        { path, body: payload(`${canary}-2`) },
        { path, body: payload(canary, { namespace: "test" }) },
        { path, body: payload(canary) },
      ]),
    ],
  },
  {
    about: "an open gate is open for the next revision and in every phase",
    requests: (canary) => [
      { path: "/gate/open", body: payload(canary) },
      { path: "/gate/check", body: payload(canary, { checksum: "6d4f8c9b5d", phase: "WaitingPromotion" }) },
      { path: "/gate/close", body: payload(canary, { checksum: "6d4f8c9b5d" }) },
      { path: "/gate/check", body: payload(canary) },
    ],
  },
];

const forms: readonly GateSequence[] = [
  ...["GET", "PUT", "PATCH", "DELETE", "OPTIONS"].map((method) =>
    openedWith(`the method ${method}`, (canary) => ({ method, body: payload(canary) })),
  ),
  ...["text/plain", "application/x-www-form-urlencoded", "application/json; charset=klingon"].map((type) =>
    openedWith(`the content type ${type}`, (canary) => ({
      body: payload(canary),
      headers: { "content-type": type },
    })),
  ),
  openedWith("only a name and a namespace", (canary) => ({ body: { name: canary, namespace: "shop" } })),
  openedWith("fields and phases of a newer Flagger", (canary) => ({
    body: payload(canary, { phase: "Pondering", weight: 5, target: { kind: "Deployment" } }),
  })),
  openedWith("metadata for others", (canary) => ({
    body: payload(canary, { metadata: { type: "cmd", cmd: "hey -z 1m http://shop/", logCmdOutput: "true" } }),
  })),
  openedWith("null where nothing is said", (canary) => ({
    body: payload(canary, { phase: null, checksum: null, metadata: null }),
  })),
  openedWith("null in the metadata", (canary) => ({ body: payload(canary, { metadata: { team: null } }) })),
  openedWith("an empty checksum, phase and metadata", (canary) => ({
    body: payload(canary, { phase: "", checksum: "", metadata: {} }),
  })),
  openedWith("white space around", (canary) => ({ body: ` \n${JSON.stringify(payload(canary))}\r\n\t` })),
  openedWith("a key said twice", (canary) => ({
    body: `{"name":"x","namespace":"shop","name":"${canary}"}`,
  })),
  openedWith("escapes", (canary) => ({
    body: `{"\\u006eame":"${canary}","namespace":"\\u0073hop"}`,
  })),
];

const unreadable: readonly (readonly [
  about: string,
  body: (canary: string) => Buffer | string | undefined,
])[] = [
  ["no body", () => undefined],
  ["white space", () => " \n"],
  ["half an object", (canary) => `{"name":"${canary}"`],
  ["two objects", (canary) => `${JSON.stringify(payload(canary))}{}`],
  ["a list", (canary) => JSON.stringify([payload(canary)])],
  ["a text", (canary) => JSON.stringify(canary)],
  ["a number", () => "7"],
  ["a form", (canary) => `name=${canary}&namespace=shop`],
  ["a byte order mark", (canary) => `\uFEFF${JSON.stringify(payload(canary))}`],
  ["a comma too many", (canary) => `{"name":"${canary}","namespace":"shop",}`],
  ["packed bytes", (canary) => gzipSync(JSON.stringify(payload(canary)))],
  ["random bytes", () => Buffer.from([0xff, 0xfe, 0x00, 0x7b])],
  ["a name that is a number", () => JSON.stringify({ name: 7, namespace: "shop" })],
  ["a namespace that is a list", (canary) => JSON.stringify(payload(canary, { namespace: ["shop"] }))],
  ["a phase that is a number", (canary) => JSON.stringify(payload(canary, { phase: 7 }))],
  ["a checksum that is an object", (canary) => JSON.stringify(payload(canary, { checksum: {} }))],
  ["metadata that is a text", (canary) => JSON.stringify(payload(canary, { metadata: "hook" }))],
  ["metadata that is a list", (canary) => JSON.stringify(payload(canary, { metadata: ["hook"] }))],
  ["a number in the metadata", (canary) => JSON.stringify(payload(canary, { metadata: { retries: 3 } }))],
];

/** What cannot be read opens nothing. */
const refused = unreadable.flatMap(([about, body]): GateSequence[] =>
  gatePaths.map((path) => ({
    about: `${about} at ${path}`,
    requests: (canary) => {
      const bytes = body(canary);
      const check = path.startsWith("/gate") ? "/gate/check" : "/rollback/check";
      return [
        { path, ...(bytes === undefined ? {} : { body: bytes }) },
        { path: check, body: payload(canary) },
      ];
    },
  })),
);

export const gateSequences: readonly GateSequence[] = [
  ...constants,
  ...states,
  ...isolation,
  ...forms,
  ...refused,
];
