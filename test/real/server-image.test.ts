/** What the server's image holds is enough to serve: its Dockerfile's files and the packages of production, and nothing else. */
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import { z } from "zod";
import { writeStruct } from "../../src/adapters/grpc/struct.ts";
import { freePort } from "../servers/free-port.ts";
import { startOwnProcess } from "../servers/own-process.ts";
import { runCommand } from "../servers/run-command.ts";
import { askGrpc } from "../support/ask-grpc.ts";
import { startFakePrometheus } from "../support/fake-prometheus.ts";
import { startOtlpReceiver } from "../support/otlp-receiver.ts";
import { specDocument } from "../support/sample-record.ts";
import { startCoalmineServer } from "./coalmine-server.ts";
import { usePostgres } from "./store/use-postgres.ts";

const repository = join(import.meta.dirname, "../..");
/** What `npm run build` runs. */
const build = join(repository, "tools/build.ts");
const dockerfile = readFileSync(join(repository, "plugins/flagger/server/Dockerfile"), "utf8");
const deployment = readFileSync(join(repository, "plugins/flagger/server/deployment.yaml"), "utf8");
const probes = [...deployment.matchAll(/httpGet: \{path: ([^,]+),/g)].map(([, path = ""]) => path);
const image = mkdtempSync(join(tmpdir(), "coalmine-image-"));
const postgres = usePostgres();

const lock = z.object({
  packages: z.record(
    z.string(),
    z.object({ dev: z.boolean().optional(), devOptional: z.boolean().optional() }),
  ),
});

beforeAll(async () => {
  for (const path of [...copiedLast(), ...productionPackages()]) copy(path);
  await runCommand(process.execPath, [build, "--out", join(image, "dist")]);
});

afterAll(() => rmSync(image, { recursive: true }));

it("serves from the image's files alone, with the settings that are shipped, and answers the Deployment's probes", async () => {
  const port = await freePort();
  const settings = join(repository, "plugins/flagger/server/coalmine.yaml");
  let log = "";
  const server = await startOwnProcess(
    process.execPath,
    [...entry(), "--config", settings],
    `http://127.0.0.1:${port}/readyz`,
    {
      cwd: image,
      // The network of a test is this machine alone.
      env: {
        NODE_ENV: "production",
        HOST: "127.0.0.1",
        PORT: String(port),
        DATABASE_FILE: join(image, "data", "coalmine.db"),
      },
      onOutput: (text) => {
        log += text;
      },
    },
  );
  try {
    const answers = await Promise.all(probes.map((path) => fetch(`http://127.0.0.1:${port}${path}`)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  } finally {
    await server.stop();
  }
  expect(log).toMatch(/"msg":"stopped"/);
});

it("has all that is loaded only where it is wanted: PostgreSQL and its queue, gRPC and traces", async () => {
  const prometheus = await startFakePrometheus();
  onTestFinished(() => prometheus.close());
  const receiver = await startOtlpReceiver();
  onTestFinished(() => receiver.close());
  const grpc = await freePort();
  const server = await startCoalmineServer(
    {
      sources: { default: { kind: "prometheus", url: prometheus.url, ingestionDelay: "0s" } },
      grpc: { port: grpc },
    },
    { DATABASE_URL: (await postgres.empty()).url, OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url },
    entry(),
  );
  onTestFinished(() => server.close());
  const spec = writeStruct({ ...specDocument, duration: "5m", interval: "1s", tick: "3s" });
  const { analysis } = await askGrpc(`127.0.0.1:${grpc}`, "Start", { spec });
  const isOurs = (name: string, id: unknown) => name === "look" && id === analysis?.id;
  await expect
    .poll(
      () => receiver.spans.some(({ name, attributes }) => isOurs(name, attributes["coalmine.analysis.id"])),
      { timeout: 60_000, interval: 200 },
    )
    .toBe(true);
});

it("has the command line too", async () => {
  const { version } = z
    .object({ version: z.string() })
    .parse(JSON.parse(readFileSync(join(image, "package.json"), "utf8")));
  expect(await runCommand(process.execPath, [join(image, "dist/bin/cli.js"), "--version"])).toContain(
    version,
  );
});

/** Node's arguments by which the image starts the server. */
function entry(): string[] {
  const [, text = ""] = /^ENTRYPOINT \["node", (.+)\]$/m.exec(dockerfile) ?? [];
  const args = z.array(z.string()).parse(JSON.parse(`[${text}]`));
  return args.map((arg) => (arg.startsWith("--") ? arg : join(image, arg)));
}

/** What the last stage takes from the context. */
function copiedLast(): string[] {
  const stage = dockerfile.slice(dockerfile.lastIndexOf("\nFROM "));
  return [...stage.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, names = ""]) => names.split(" "));
}

/** What `npm ci --omit=dev` installs, by the lock. */
function productionPackages(): string[] {
  const { packages } = lock.parse(JSON.parse(readFileSync(join(repository, "package-lock.json"), "utf8")));
  const installed = Object.entries(packages).filter(
    ([path, { dev, devOptional }]) => path !== "" && !dev && !devOptional,
  );
  return installed.map(([path]) => path);
}

function copy(path: string): void {
  const from = join(repository, path);
  // A package brings the packages below it only if they are of production themselves.
  const isOwn = (source: string) => !source.slice(from.length).includes("/node_modules");
  cpSync(from, join(image, path), { recursive: true, filter: isOwn });
}
