import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { prometheusSourceSettings } from "../../../src/sources/prometheus/prometheus-settings.ts";
import {
  createPrometheusSource,
  type PrometheusSource,
} from "../../../src/sources/prometheus/prometheus-source.ts";
import { certificatesIn } from "../../support/certificates.ts";
import { type FakePrometheus, startFakePrometheus } from "../../support/fake-prometheus.ts";

let folder: string;
let fake: FakePrometheus;
let opened: PrometheusSource[] = [];
const inFolder = (name: string) => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "coalmine-tls-"));
  const { createAuthority, createCertificate } = certificatesIn(folder);
  await createAuthority("ca");
  await createAuthority("other-ca");
  await Promise.all([
    createCertificate("server", "ca", "subjectAltName=IP:127.0.0.1"),
    createCertificate("elsewhere", "ca", "subjectAltName=DNS:elsewhere.test"),
    createCertificate("ann", "ca", "extendedKeyUsage=clientAuth"),
    createCertificate("ben", "ca", "extendedKeyUsage=clientAuth"),
  ]);
});

afterAll(() => rm(folder, { recursive: true }));

beforeEach(() => {
  opened = [];
});

afterEach(async () => {
  await fake.close();
  await Promise.all(opened.map((source) => source.close()));
});

describe("createPrometheusSource over TLS", () => {
  it("trusts the authority it is told to", async () => {
    await serve("server");
    await check({ caFile: inFolder("ca.pem") });
    expect(fake.requests).toHaveLength(1);
  });

  it.each([
    ["with no authority named", {}, "name its authority in tls.caFile"],
    ["of another authority", { caFile: "other-ca.pem" }, "is not trusted"],
  ])("refuses a certificate %s", async (_, tls, words) => {
    await serve("server");
    await expect(check(located(tls))).rejects.toMatchObject({
      code: "source-unavailable",
      message: expect.stringContaining(words),
    });
    expect(fake.requests).toHaveLength(0);
  });

  it("refuses the certificate of another server", async () => {
    await serve("elsewhere");
    await expect(check({ caFile: inFolder("ca.pem") })).rejects.toThrow(
      "127.0.0.1 is not in the cert's list",
    );
    expect(fake.requests).toHaveLength(0);
  });

  it("takes any certificate where it may", async () => {
    await serve("elsewhere");
    await check({ insecureSkipVerify: true });
    expect(fake.requests).toHaveLength(1);
  });

  it("shows its own certificate to a server that wants one", async () => {
    await serve("server", true);
    await check(located({ caFile: "ca.pem", certFile: "ann.pem", keyFile: "ann.key" }));
    expect(fake.requests[0]?.clientName).toBe("ann");
  });

  it("is turned away without one", async () => {
    await serve("server", true);
    const checking = check(located({ caFile: "ca.pem" }));
    await expect(checking).rejects.toMatchObject({ code: "source-unavailable" });
    expect(fake.requests).toHaveLength(0);
  });

  it("shows the certificate its files hold at the time, on new connections", async () => {
    await serve("server", true);
    const turn = async (name: string) => {
      await copyFile(inFolder(`${name}.pem`), inFolder("turn.pem"));
      await copyFile(inFolder(`${name}.key`), inFolder("turn.key"));
    };
    const body = '{"status":"success","data":{"resultType":"vector","result":[]}}';
    fake.always({ kind: "answer", status: 200, body, headers: { connection: "close" } });
    await turn("ann");
    const source = open(located({ caFile: "ca.pem", certFile: "turn.pem", keyFile: "turn.key" }));
    await source.checkReachable(new AbortController().signal);
    await turn("ben");
    await source.checkReachable(new AbortController().signal);
    expect(fake.requests.map(({ clientName }) => clientName)).toEqual(["ann", "ben"]);
  });

  it("says which file is missing, and which settings hold no certificate", async () => {
    await serve("server");
    await writeFile(inFolder("empty.pem"), "not a certificate");
    const error = (words: string) => ({
      code: "source-unavailable",
      message: expect.stringContaining(words),
    });
    await expect(check(located({ caFile: "none.pem" }))).rejects.toMatchObject(error("none.pem"));
    const unusable = located({ certFile: "empty.pem", keyFile: "empty.pem" });
    await expect(check(unusable)).rejects.toMatchObject(error("tls settings cannot be used"));
  });
});

async function serve(name: string, wantsClient = false): Promise<void> {
  fake = await startFakePrometheus({
    key: await readFile(inFolder(`${name}.key`)),
    cert: await readFile(inFolder(`${name}.pem`)),
    ca: await readFile(inFolder("ca.pem")),
    requestCert: wantsClient,
    rejectUnauthorized: wantsClient,
  });
}

function located(tls: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(tls).map(([setting, name]) => [setting, inFolder(name)]));
}

function open(tls: Readonly<Record<string, unknown>>): PrometheusSource {
  const settings = prometheusSourceSettings.parse({ url: fake.url, tls, retryBudgetMs: 0 });
  const clock = { now: Date.now, until: () => Promise.reject(new Error("no time to wait")) };
  const source = createPrometheusSource({ name: "default", settings, clock, random: () => 0 });
  opened.push(source);
  return source;
}

async function check(tls: Readonly<Record<string, unknown>>): Promise<void> {
  await open(tls).checkReachable(new AbortController().signal);
}
