import { writeFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { openCanaryEvents } from "../../../src/app/flagger/open-canary-events.ts";
import { useTemporaryFolder } from "../../support/temporary-folder.ts";

const folder = useTemporaryFolder();
const event = { type: "Normal", reason: "CoalminePass", message: "no worse" } as const;
const checkout = { namespace: "shop", name: "checkout" };

describe("openCanaryEvents", () => {
  it("tells nobody where there is no cluster, and says so once", async () => {
    const log = recordingLogger();
    const events = await openCanaryEvents(undefined, {}, log);
    events.tell(checkout, event);
    events.tell(checkout, event);
    await events.close();
    expect(log.lines).toEqual([["info", expect.stringContaining("no Kubernetes here")]]);
  });

  it("works without Events where the kubeconfig cannot be used, and names it", async () => {
    const path = folder.path("config");
    await writeFile(path, "users: s3cret");
    const log = recordingLogger();
    const events = await openCanaryEvents(undefined, { KUBECONFIG: path }, log);
    events.tell(checkout, event);
    await events.close();
    expect(log.lines).toEqual([["warn", expect.stringContaining(path)]]);
    expect(log.lines.join()).not.toContain("s3cret");
  });

  it.each([
    ["the settings", { server: "https://127.0.0.1:1", tokenFile: "/t" }, {}],
    [
      "the pod's environment",
      undefined,
      { KUBERNETES_SERVICE_HOST: "127.0.0.1", KUBERNETES_SERVICE_PORT: "1" },
    ],
  ])("finds the cluster of %s", async (_, settings, environment) => {
    const log = recordingLogger();
    await (await openCanaryEvents(settings, environment, log)).close();
    expect(log.lines).toEqual([["info", expect.stringContaining("told in the Events")]]);
    expect(log.fields).toEqual([{ server: "https://127.0.0.1:1" }]);
  });
});

function recordingLogger() {
  const lines: [string, string][] = [];
  const fields: object[] = [];
  const log = (level: string) => (said: object, message: string) => {
    lines.push([level, message]);
    fields.push(said);
  };
  return { lines, fields, info: log("info"), warn: log("warn"), error: log("error") };
}
