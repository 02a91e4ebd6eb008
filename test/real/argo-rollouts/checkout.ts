/** The Rollout that the tests of controllers update: a canary with one analysis between two weights. */

/** What differs from test to test. */
export interface Checkout {
  readonly name?: string;
  readonly replicas?: number;
  /** The metric of its AnalysisTemplate, as under `spec.metrics`; YAML in flow style is enough. */
  readonly metric: string;
}

/** A Rollout with its AnalysisTemplate: 20 %, analysis, 50 %, all. */
export function checkout({ name = "checkout", replicas = 5, metric }: Checkout): string {
  return `
apiVersion: argoproj.io/v1alpha1
kind: AnalysisTemplate
metadata: {name: ${name}}
spec:
  metrics:
  - ${metric}
---
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: {name: ${name}}
spec:
  replicas: ${replicas}
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec:
      containers: [{name: web, image: "shop/checkout:1"}]
  strategy:
    canary:
      steps:
      - setWeight: 20
      - analysis: {templates: [{templateName: ${name}}]}
      - setWeight: 50
`;
}
