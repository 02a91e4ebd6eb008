/** The audit as JSON; the REST API and its client share it. */
import * as z from "zod";
import { type Audited, auditActions, doors, type KeptEntry } from "./audit-entry.ts";

const auditEntrySchema = z.object({
  id: z.int().meta({ description: "Of the entry: the later it was written, the higher." }),
  at: z.iso.datetime().meta({ description: "When it was asked for: RFC 3339, UTC." }),
  caller: z
    .string()
    .meta({ description: "Name of the token or the service account; `anybody` without access control." }),
  door: z.enum(doors).meta({ description: "The way in; `server` is the server itself." }),
  action: z.enum(auditActions),
  namespace: z.string(),
  analysis: z
    .object({ id: z.string(), key: z.string().nullable(), service: z.string() })
    .nullable()
    .meta({ description: "The analysis it is about; null for a gate." }),
  gate: z
    .object({
      canary: z.string(),
      hook: z.string().nullable(),
      revision: z.string().nullable(),
      by: z.string().meta({ description: "Who spoke, as the caller said it." }),
    })
    .nullable()
    .meta({ description: "The gate it is about; null for an analysis." }),
});

export type AuditEntryDocument = z.output<typeof auditEntrySchema>;

/** A page of the audit, newest first. */
export const auditPageSchema = z.object({
  entries: z.array(auditEntrySchema),
  next: z.int().nullable().meta({ description: "What to give as `before` to go on; null at the end." }),
});

export type AuditPageDocument = z.output<typeof auditPageSchema>;

/** An entry as JSON. */
export function auditEntryDocument({ position, at, about, ...entry }: KeptEntry): AuditEntryDocument {
  const { caller, door, action, namespace } = entry;
  const told = { id: position, at: new Date(at).toISOString(), caller, door, action, namespace };
  return { ...told, ...aboutDocument(about) };
}

function aboutDocument(about: Audited): Pick<AuditEntryDocument, "analysis" | "gate"> {
  if (about.kind === "analysis") {
    const { id, key, service } = about;
    return { analysis: { id, key, service }, gate: null };
  }
  const { canary, hook, revision, by } = about;
  return { analysis: null, gate: { canary, hook, revision, by } };
}
