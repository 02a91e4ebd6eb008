import { readFileSync } from "node:fs";
import { credentials } from "@grpc/grpc-js";
import { Registry } from "prom-client";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Analyses } from "../../../src/analysis/analyses.ts";
import { type GrpcParts, openGrpc } from "../../../src/app/grpc/open-grpc.ts";
import { grpcSettings } from "../../../src/app/settings/grpc-settings.ts";
import { noAccessControl } from "../../../src/base/access.ts";
import { answered, clientOf } from "../../adapters/grpc/serve-grpc.ts";
import { accessOf } from "../../support/access-of.ts";
import { certificatesIn } from "../../support/certificates.ts";
import { quietLogger } from "../../support/quiet-logger.ts";
import { useTemporaryFolder } from "../../support/temporary-folder.ts";

const folder = useTemporaryFolder();
const access = accessOf({ secret: ["shop"] });
const analyses: Pick<Analyses, "list"> = { list: async () => [] };

async function open(settings: object, parts: Partial<GrpcParts> = {}) {
  const grpc = await openGrpc({
    settings: grpcSettings.parse({ port: 0, ...settings }),
    // Only what the tests ask for is there.
    analyses: analyses as Analyses,
    access: noAccessControl,
    isOpenToAll: false,
    logger: quietLogger(),
    metrics: new Registry(),
    isDraining: () => false,
    sources: new Map(),
    kubernetes: undefined,
    environment: {},
    ...parts,
  });
  onTestFinished(() => grpc.close(0));
  return grpc;
}

/** Files of a server's certificate for localhost, and of the authority. */
async function certificates() {
  const make = certificatesIn(folder.path());
  await make.createAuthority("authority");
  await make.createCertificate("server", "authority", "subjectAltName=DNS:localhost");
  return { certFile: folder.path("server.pem"), keyFile: folder.path("server.key") };
}

it("listens on this machine where nothing else is said", async () => {
  const { address } = await open({});
  expect(address).toMatch(/^127\.0\.0\.1:\d+$/);
  expect(answered(await clientOf(address).ask("List", {})).analyses).toEqual([]);
});

it("speaks TLS with the certificate of the settings", async () => {
  const { address } = await open({ tls: await certificates() });
  const authority = readFileSync(folder.path("authority.pem"));
  const secure = clientOf(address.replace("127.0.0.1", "localhost"), credentials.createSsl(authority));
  expect(answered(await secure.ask("List", {})).analyses).toEqual([]);
  expect(await clientOf(address).ask("List", {}, { deadlineMs: 5_000 })).toMatchObject({ kind: "failure" });
});

describe("on an address that others may reach", () => {
  const host = "0.0.0.0";

  it("refuses to let everybody ask for everything, unless that is meant", async () => {
    await expect(open({ host })).rejects.toMatchObject({
      code: "invalid-settings",
      message: expect.stringMatching(/access: is missing, and grpc\.host \(0\.0\.0\.0\)/),
    });
    await expect(open({ host }, { isOpenToAll: true })).resolves.toBeDefined();
  });

  it("refuses tokens in plain text, unless that is meant", async () => {
    await expect(open({ host }, { access })).rejects.toMatchObject({
      code: "invalid-settings",
      message: expect.stringContaining("grpc.plaintextTokens: true"),
    });
    await expect(open({ host, plaintextTokens: true }, { access })).resolves.toBeDefined();
    await expect(open({ host, tls: await certificates() }, { access })).resolves.toBeDefined();
  });
});

it("names the file that cannot be read, and what it is for", async () => {
  const files = await certificates();
  await expect(open({ tls: { ...files, keyFile: folder.path("none") } })).rejects.toMatchObject({
    code: "invalid-settings",
    problems: [{ path: "grpc.tls.keyFile", message: expect.stringContaining("there is no such file") }],
  });
});

it("puts its interceptors around every call", async () => {
  const asked: string[] = [];
  const { ServerInterceptingCall } = await import("@grpc/grpc-js");
  const { address } = await open(
    {},
    {
      interceptors: async () => [
        ({ path }, call) => {
          asked.push(path);
          return new ServerInterceptingCall(call);
        },
      ],
    },
  );
  await clientOf(address).ask("List", {});
  expect(asked).toEqual(["/coalmine.v1.AnalysisService/List"]);
});

it.each([
  [{ port: 70_000 }, "port"],
  [{ tls: { certFile: "a" } }, "tls.keyFile"],
  [{ maxMessageBytes: 1 }, "maxMessageBytes"],
  [{ hots: "x" }, ""],
])("has no settings such as %j", (settings, path) => {
  const { error } = grpcSettings.safeParse(settings);
  expect(error?.issues.map((issue) => issue.path.join("."))).toEqual([path]);
});
