/** The keys of the settings, as a file has them, out of their schema. */
import * as z from "zod";
import { settingsSchema } from "../../src/app/settings/settings.ts";
import { prometheusSourceSettings } from "../../src/sources/prometheus/prometheus-settings.ts";
import { scrapeSourceSettings } from "../../src/sources/scrape/scrape-settings.ts";

/** A key that holds a value and no further keys. */
export interface SettingKey {
  /** As in `sources.<name>.tls.caFile`; what an item of a list holds stands under the list's key. */
  readonly path: string;
  /** What counts where it is left out; undefined where nothing does. */
  readonly preset: unknown;
}

/** Every one, once. */
export function settingKeys(): readonly SettingKey[] {
  const ofSources = [prometheusSourceSettings, scrapeSourceSettings].flatMap((schema) =>
    keysOf(schema, "sources.<name>"),
  );
  return merged([...keysOf(settingsSchema, ""), ...ofSources]);
}

function keysOf(schema: z.core.$ZodType, path: string, preset?: unknown): readonly SettingKey[] {
  const under = (key: string) => (path === "" ? key : `${path}.${key}`);
  if (schema instanceof z.ZodObject)
    return Object.entries(schema.shape).flatMap(([key, held]) => keysOf(held, under(key)));
  if (schema instanceof z.ZodRecord) {
    const keys = keysOf(schema.valueType, under("<name>"));
    // Of a map of names to plain values nobody asks what a name is.
    return keys.length === 1 && keys[0]?.path === under("<name>") ? [{ path, preset }] : keys;
  }
  if (schema instanceof z.ZodArray) return keysOf(schema.element, path, preset);
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable)
    return keysOf(schema.unwrap(), path, preset);
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault)
    return keysOf(schema.unwrap(), path, schema.def.defaultValue);
  if (schema instanceof z.ZodUnion || schema instanceof z.ZodDiscriminatedUnion)
    return merged(schema.options.flatMap((option) => keysOf(option, path, preset)));
  // Of what is read in two steps the one that has keys: `z.preprocess` has them behind, `transform` before.
  if (schema instanceof z.ZodPipe) {
    const behind = schema.in instanceof z.ZodTransform;
    return keysOf(behind ? schema.out : schema.in, path, preset);
  }
  return [{ path, preset }];
}

/** One of each key, where several forms have it. */
function merged(keys: readonly SettingKey[]): readonly SettingKey[] {
  return [...new Map(keys.map((key) => [key.path, key])).values()];
}
