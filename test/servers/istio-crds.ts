/** The two kinds of Istio that rollout controllers change, with any content: nobody here plays the mesh. */
import type { Manifest } from "../support/kubernetes-api.ts";

/** VirtualService and DestinationRule, in the versions that Argo Rollouts and Flagger ask for. */
export const istioCrds: readonly Manifest[] = ["VirtualService", "DestinationRule"].map((kind) => {
  const singular = kind.toLowerCase();
  const anything = { type: "object", "x-kubernetes-preserve-unknown-fields": true };
  const version = (name: string, storage: boolean) => ({
    name,
    served: true,
    storage,
    schema: { openAPIV3Schema: { type: "object", properties: { spec: anything, status: anything } } },
  });
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${singular}s.networking.istio.io` },
    spec: {
      group: "networking.istio.io",
      scope: "Namespaced",
      names: { kind, singular, plural: `${singular}s` },
      versions: [version("v1", true), version("v1beta1", false), version("v1alpha3", false)],
    },
  };
});
