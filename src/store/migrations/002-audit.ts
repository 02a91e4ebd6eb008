import type { Migration } from "./migration.ts";

/** The audit of what callers changed: AuditEntry and KeptEntry of src/analysis/audit. */
export const audit: Migration = {
  number: 2,
  name: "audit",
  statements: ({ text, integer, counted, appended }) => [
    `create table audit (
      position ${counted},
      at ${integer} not null,
      caller ${text} not null,
      door ${text} not null,
      action ${text} not null,
      namespace ${text} not null,
      analysis ${text},
      key ${text},
      service ${text},
      canary ${text},
      hook ${text},
      revision ${text},
      said_by ${text},
      check ((analysis is null) = (canary is not null)),
      check ((analysis is null) = (service is null)),
      check ((canary is null) = (said_by is null))
    ) ${appended}`,
    "create index audit_by_namespace on audit (namespace, position)",
    "create index audit_by_time on audit (at)",
  ],
};
