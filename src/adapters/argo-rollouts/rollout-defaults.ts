/** What the controller takes where a Rollout says nothing (utils/defaults of argo-rollouts). */

/** After so long without progress the controller gives a Rollout up. */
export const defaultProgressDeadlineSeconds = 600;

/** What a weight is a share of, unless the traffic router says otherwise. */
export const defaultMaxTrafficWeight = 100;
