/** What Kubernetes objects are made of, where what is zero may be left out. */
import * as z from "zod";
import { dnsLabel } from "../../../base/kubernetes-name.ts";

/** Go's empty text is absent, or null. */
export const text = z
  .string()
  .nullish()
  .transform((given) => given ?? "");

export const count = z
  .int()
  .nullish()
  .transform((given) => given ?? 0);

/** The last millisecond of the year 9999: Kubernetes has no later time in JSON. */
const lastTime = 253_402_300_799_999;

/** metav1.Time: RFC 3339 in JSON, null or absent where it is zero; read as milliseconds since the epoch, up to the year 9999. */
export const time = z.iso
  .datetime({ offset: true })
  .nullish()
  .transform((given, context): number | null => {
    if (given == null) return null;
    const ms = Date.parse(given);
    if (ms >= 0 && ms <= lastTime) return ms;
    context.addIssue({ code: "custom", message: "expected a time from 1970 to 9999" });
    return z.NEVER;
  });

export const texts = z
  .record(z.string(), z.string())
  .nullish()
  .transform((given) => given ?? {});

/** Kubernetes makes UUIDs. It becomes a part of an analysis' id, between slashes. */
export const uid = z.string().regex(/^[\w.-]{1,128}$/, "expected an object's uid");

export const namespace = z.string().regex(dnsLabel, "expected a namespace's name");

/** @throws RangeError if the time is none, or is not of the years 1970 to 9999. */
export function writeTime(time: number | null): string | undefined {
  if (time === null) return undefined;
  if (!(time >= 0 && time <= lastTime)) throw new RangeError(`time ${time} ms: want 0 … ${lastTime}`);
  return new Date(time).toISOString();
}
