import { readdir, readFile } from "node:fs/promises";
import { beforeEach, expect, test, vi } from "vitest";
import { startPrometheusChild } from "../../../../src/adapters/cli/demo/prometheus-child.ts";
import { useTemporaryFolder } from "../../../support/temporary-folder.ts";
import { writePrometheusProgram } from "./fake-prometheus-program.ts";

const targets = [{ url: "http://127.0.0.1:9/metrics", labels: { pod: "a" } }];
const signal = new AbortController().signal;

const folder = useTemporaryFolder();
beforeEach(() => void vi.stubEnv("TMPDIR", folder.path()));

async function leftovers(): Promise<readonly string[]> {
  return (await readdir(folder.path())).filter((name) => name.startsWith("coalmine-demo-"));
}

test("it scrapes every target each second, answers until it is closed, and leaves nothing behind", async () => {
  const child = await startPrometheusChild(await writePrometheusProgram(folder.path()), targets, signal);
  expect((await fetch(`${child.url}/-/ready`)).status).toBe(200);
  expect(JSON.parse(await readFile(folder.path("seen.json"), "utf8"))).toMatchObject({
    global: { scrape_interval: "1s" },
    scrape_configs: [
      { metrics_path: "/metrics", static_configs: [{ targets: ["127.0.0.1:9"], labels: { pod: "a" } }] },
    ],
  });
  expect(await leftovers()).toHaveLength(1);
  await child.close();
  await expect(fetch(`${child.url}/-/ready`)).rejects.toThrow("fetch failed");
  expect(await leftovers()).toEqual([]);
});

test("one that ends or cannot be started is told, and leaves nothing behind", async () => {
  const broken = await writePrometheusProgram(folder.path(), true);
  for (const binary of [broken, folder.path("none")]) {
    await expect(startPrometheusChild(binary, targets, signal)).rejects.toMatchObject({
      code: "source-unavailable",
      message: expect.stringContaining("prometheus did not start: "),
    });
  }
  expect(await leftovers()).toEqual([]);
});

test("an interrupt while it starts ends it", async () => {
  const controller = new AbortController();
  const starting = startPrometheusChild(
    await writePrometheusProgram(folder.path()),
    targets,
    controller.signal,
  );
  controller.abort(new Error("stop"));
  await expect(starting).rejects.toThrow("stop");
  expect(await leftovers()).toEqual([]);
});
