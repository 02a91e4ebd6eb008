/** Traefik's kind that the controller changes, with any content. */
import type { Manifest } from "../../../support/kubernetes-api.ts";

const anything = { type: "object", "x-kubernetes-preserve-unknown-fields": true };

export const traefikServiceCrd: Manifest = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "traefikservices.traefik.io" },
  spec: {
    group: "traefik.io",
    scope: "Namespaced",
    names: { kind: "TraefikService", singular: "traefikservice", plural: "traefikservices" },
    versions: [
      {
        name: "v1alpha1",
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: "object", properties: { spec: anything, status: anything } } },
      },
    ],
  },
};
