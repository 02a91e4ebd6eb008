/** Gates as JSON: what is said of one, and what was said; the REST API and its client share it. */
import * as z from "zod";
import { section, word } from "../spec/section.ts";
import type { Gate } from "./gate.ts";
import { gateCanary, gateHook, gateNamespace, gateRevision, gateSpeaker } from "./gate-fields.ts";

const states = ["open", "closed"] as const;

/** What somebody says of a gate. */
export const gateWordSchema = section({
  namespace: gateNamespace,
  canary: gateCanary.meta({ description: "Name of the Canary." }),
  hook: gateHook
    .nullable()
    .default(null)
    .meta({ description: "Of Flagger; every one but rollback unless given." }),
  revision: gateRevision
    .nullable()
    .default(null)
    .meta({ description: "Checksum of the revision; every one unless given." }),
  state: word(states),
  by: gateSpeaker
    .optional()
    .meta({ description: "Who says it; with access control it is the token's name instead." }),
});

/** A word as a caller writes it. */
export type GateWord = z.input<typeof gateWordSchema>;

/** A gate as it stands. */
export const gateSchema = z.object({
  namespace: gateNamespace,
  canary: gateCanary,
  hook: gateHook.nullable(),
  revision: gateRevision.nullable(),
  state: z.enum(states),
  at: z.iso.datetime().meta({ description: "When it was said: RFC 3339, UTC." }),
  by: gateSpeaker.meta({ description: "Who said it." }),
});

export type GateDocument = z.output<typeof gateSchema>;

/** Gates, the latest first. */
export const gateListSchema = z.object({ gates: z.array(gateSchema) });

/** A gate as JSON. */
export function gateDocument({ namespace, canary, hook, revision, isOpen, at, by }: Gate): GateDocument {
  return { namespace, canary, hook, revision, state: isOpen ? "open" : "closed", at, by };
}
