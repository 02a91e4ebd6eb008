/** Kubernetes manifests out of a YAML text. */
import { parseAllDocuments } from "yaml";
import { type Manifest, manifestSchema } from "./kubernetes-api.ts";

/** Its documents, empty ones left out; whether each is in its kind's schema is the API server's business. */
export function readManifests(yaml: string): readonly Manifest[] {
  return parseAllDocuments(yaml).flatMap((document) => {
    const [error] = document.errors;
    if (error !== undefined) throw error;
    const content: unknown = document.toJS();
    return content === null ? [] : [manifestSchema.parse(content)];
  });
}
