/** What the fields of a gate may be, wherever a word comes from. */
import * as z from "zod";
import { dnsLabel, dnsSubdomain, mostSubdomainLength } from "../../base/kubernetes-name.ts";
import { word } from "../spec/section.ts";
import { gateHooks } from "./gate.ts";

export const gateNamespace = z
  .string("expected a namespace's name, for instance shop")
  .regex(dnsLabel, "expected a namespace's name, for instance shop");

export const gateCanary = z
  .string("expected a Canary's name, for instance checkout")
  .max(mostSubdomainLength, `expected a Canary's name, at most ${mostSubdomainLength} characters`)
  .regex(dnsSubdomain, "expected a Canary's name, for instance checkout");

export const gateHook = word(gateHooks);

/** Flagger's checksum of a revision. */
export const gateRevision = z
  .string()
  .regex(/^[\w.:-]{1,100}$/, "expected the checksum of a revision, for instance 85d557f47b");

/** What somebody calls himself: it stands in logs and in answers of one line. */
export const gateSpeaker = z
  .string()
  .regex(
    /^[^\p{C}\p{Zl}\p{Zp}]{1,100}$/u,
    "expected a name of 1 to 100 characters, without control characters",
  );
