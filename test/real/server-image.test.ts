/** What the server's image holds is enough to serve: its Dockerfile's files and the packages of production, and nothing else. */
import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { z } from "zod";
import { freePort, startOwnProcess } from "../servers/own-process.ts";
import { runCommand } from "../servers/run-command.ts";
import { useTemporaryFolder } from "../support/temporary-folder.ts";

const repository = join(import.meta.dirname, "../..");
/** What `npm run build` runs. */
const compiler = join(repository, "node_modules/typescript/bin/tsc");
const dockerfile = readFileSync(join(repository, "plugins/flagger/server/Dockerfile"), "utf8");
const deployment = readFileSync(join(repository, "plugins/flagger/server/deployment.yaml"), "utf8");
const probes = [...deployment.matchAll(/httpGet: \{path: ([^,]+),/g)].map(([, path = ""]) => path);
const folder = useTemporaryFolder();

const lock = z.object({
  packages: z.record(
    z.string(),
    z.object({ dev: z.boolean().optional(), devOptional: z.boolean().optional() }),
  ),
});

it("serves from the image's files alone, with the settings that are shipped, and answers the Deployment's probes", async () => {
  for (const path of [...copiedLast(), ...productionPackages()]) copy(path);
  await runCommand(process.execPath, [
    compiler,
    "-p",
    "tsconfig.build.json",
    "--outDir",
    folder.path("dist"),
  ]);
  const [, entry = ""] = /^ENTRYPOINT \["node", (.+)\]$/m.exec(dockerfile) ?? [];
  const port = await freePort();
  const settings = join(repository, "plugins/flagger/server/coalmine.yaml");
  let log = "";
  const server = await startOwnProcess(
    process.execPath,
    [...z.array(z.string()).parse(JSON.parse(`[${entry}]`)), "--config", settings],
    `http://127.0.0.1:${port}/readyz`,
    {
      cwd: folder.path(),
      // The network of a test is this machine alone.
      env: {
        NODE_ENV: "production",
        HOST: "127.0.0.1",
        PORT: String(port),
        DATABASE_FILE: folder.path("data", "coalmine.db"),
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
  cpSync(from, folder.path(path), { recursive: true, filter: isOwn });
}
