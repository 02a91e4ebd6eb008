/** Plays the kubelet for the pods of Jobs: runs the command of the first container here, and says how it ended. */
import { z } from "zod";
import { keepLooking } from "../../../support/keep-looking.ts";
import type { KubernetesApi } from "../../../support/kubernetes-api.ts";
import { type Ended, openWorkFolder } from "../../coalmine-process.ts";
import { testScheduler } from "./scaled-time.ts";

export interface JobPods {
  /** How the command of a namespace's one Job ended; null before. */
  ended(namespace: string): Ended | null;
  close(): Promise<void>;
}

/** @param api must be allowed to list pods everywhere and to change their status. */
export function runJobPods(api: KubernetesApi): JobPods {
  const work = openWorkFolder();
  const begun = new Set<string>();
  const ended = new Map<string, Ended>();
  let isOpen = true;

  async function run(pod: z.infer<typeof podSchema>): Promise<void> {
    const { name, namespace } = pod.metadata;
    const wanted = { kind: "Pod", name, namespace };
    await api.patch(wanted, { status: { phase: "Running" } }, "status");
    const [container] = pod.spec.containers;
    if (container?.command.join() !== "coalmine")
      throw new Error(`${name} runs ${container?.command.join(" ")}`);
    const end = await work.start("cli", container.args).ended;
    ended.set(namespace, end);
    if (!isOpen) return;
    const { code } = end;
    await api.patch(wanted, { status: { phase: code === 0 ? "Succeeded" : "Failed" } }, "status");
  }

  const watching = keepLooking(async () => {
    const pods = (await api.list({ kind: "Pod", labelSelector: "batch.kubernetes.io/job-name" })).map(
      (object) => podSchema.parse(object),
    );
    for (const pod of pods) {
      if (pod.spec.schedulerName !== testScheduler || begun.has(pod.metadata.uid)) continue;
      begun.add(pod.metadata.uid);
      run(pod).catch((error: unknown) => {
        if (isOpen) ended.set(pod.metadata.namespace, { code: null, stdout: "", stderr: String(error) });
      });
    }
  });

  return {
    ended: (namespace) => ended.get(namespace) ?? null,
    async close() {
      isOpen = false;
      await watching.close();
      await work.close();
    },
  };
}

const podSchema = z.looseObject({
  metadata: z.looseObject({ namespace: z.string(), name: z.string(), uid: z.string() }),
  spec: z.looseObject({
    schedulerName: z.string().default(""),
    containers: z.array(
      z.looseObject({
        command: z.array(z.string()).default([]),
        args: z.array(z.string()).default([]),
      }),
    ),
  }),
});
