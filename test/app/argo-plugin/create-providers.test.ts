/** The plugin put together, where a template gives the address of a source. */
import { writeFile } from "node:fs/promises";
import { expect, it, onTestFinished, vi } from "vitest";
import { createProviders } from "../../../src/app/argo-plugin/create-providers.ts";
import { requestOf } from "../../adapters/argo-rollouts/provider-stage.ts";
import { serveOnLoopback } from "../../support/loopback-server.ts";
import { quietLogger } from "../../support/quiet-logger.ts";
import { useTemporaryFolder } from "../../support/temporary-folder.ts";

const folder = useTemporaryFolder();

/** What becomes of a measurement whose template names a server on this machine, and how often that is asked. */
async function measured(allowed: (port: number) => string, host: string) {
  let asked = 0;
  const inside = await serveOnLoopback((_request, response) => {
    asked++;
    response.end('{"status":"success","data":{"resultType":"matrix","result":[]}}');
  });
  onTestFinished(() => inside.close());
  const port = Number(new URL(inside.url).port);
  await writeFile(folder.path("settings.yaml"), JSON.stringify({ allowedAddresses: [allowed(port)] }));
  const providers = await createProviders(["--settings", folder.path("settings.yaml")], {}, quietLogger());
  const selector = (version: string) => ({ selector: `version="${version}"` });
  const request = requestOf(
    {
      service: "checkout",
      source: `http://${host}:${port}`,
      cohorts: { canary: selector("v2"), baseline: selector("v1") },
      duration: "10m",
    },
    { run: { createdAt: Date.now() - 60_000, owner: null } },
  );
  let last = await providers.metric.run(request);
  await vi.waitFor(
    async () => {
      if (last.phase === "Running") last = await providers.metric.resume(request, last);
      expect(asked > 0 || last.phase !== "Running", JSON.stringify(last)).toBe(true);
    },
    { timeout: 60_000, interval: 100 },
  );
  await providers.metric.terminate(request, last);
  return { asked, message: last.message };
}

it("asks a server that the operator wrote out", async () => {
  expect((await measured((port) => `http://127.0.0.1:${port}`, "127.0.0.1")).asked).toBeGreaterThan(0);
});

it("does not ask a server on this machine that a pattern happens to allow", async () => {
  const { asked, message } = await measured((port) => `http://*:${port}`, "localhost");
  expect(asked).toBe(0);
  expect(message).toContain("leads into a network that the settings do not open to it");
});
