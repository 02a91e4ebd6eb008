/** Objects of Argo Rollouts as the controller hands them to a plugin. */

/** When everything here began. */
const startedAt = "2026-07-06T12:30:15Z";

/** An AnalysisRun of a canary step of the Rollout `checkout`, as JSON of the Kubernetes API. */
export function analysisRun(uid: string, overrides: Readonly<Record<string, unknown>> = {}) {
  return {
    metadata: {
      name: "checkout-6d4b75cb6d-2-1",
      namespace: "shop",
      uid,
      creationTimestamp: startedAt,
      labels: { "rollout-type": "Step", "rollouts-pod-template-hash": "6d4b75cb6d", "step-index": "1" },
      annotations: { "rollout.argoproj.io/revision": "2" },
      ownerReferences: [
        {
          apiVersion: "argoproj.io/v1alpha1",
          kind: "Rollout",
          name: "checkout",
          uid: "ro-1",
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
      ...overrides,
    },
    spec: { args: [{ name: "team", value: "shop" }], metrics: [] },
    status: { phase: "Running", startedAt },
  };
}

/**
 * A run as large as Kubernetes lets one become, about a megabyte: with what
 * `managedFields` keep and with a history of measurements.
 */
export function largeAnalysisRun(uid: string) {
  const fieldsV1 = Object.fromEntries(
    Array.from({ length: 2_000 }, (_, index) => [`f:field-${index}`, { "f:value": {}, ".": {} }]),
  );
  const managedFields = Array.from({ length: 8 }, () => ({
    manager: "rollouts-controller",
    operation: "Update",
    apiVersion: "argoproj.io/v1alpha1",
    time: startedAt,
    fieldsType: "FieldsV1",
    fieldsV1,
  }));
  const measurements = Array.from({ length: 64 }, (_, index) => ({
    phase: "Successful",
    value: String(index),
    startedAt,
    finishedAt: startedAt,
    message: "not worse",
    metadata: { state: "0123456789abcdef".repeat(512) },
  }));
  const run = analysisRun(uid, { managedFields });
  const result = { name: "canary", phase: "Running", count: 64, successful: 64, measurements };
  return { ...run, status: { ...run.status, metricResults: [result] } };
}

/** A metric `canary` whose provider is the plugin of that name. */
export function metric(plugin: string, config: unknown) {
  return { name: "canary", provider: { plugin: { [plugin]: config } } };
}

/** A Rollout in the middle of an update. */
export function rollout(uid: string) {
  return {
    metadata: { name: "checkout", namespace: "shop", uid, creationTimestamp: startedAt },
    spec: {
      progressDeadlineSeconds: 1_200,
      selector: { matchLabels: { app: "checkout" } },
      strategy: { canary: { steps: [{ setWeight: 20 }, { plugin: { name: "coalmine/step" } }] } },
    },
    status: {
      phase: "Progressing",
      stableRS: "5f6d8c9b7",
      currentPodHash: "6d4b75cb6d",
      currentStepIndex: 1,
      canary: { weights: { canary: { weight: 20, podTemplateHash: "6d4b75cb6d" } } },
    },
  };
}
