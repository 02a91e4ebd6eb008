import * as z from "zod";
import { specSchema } from "./spec-schema.ts";

/** One key of the spec file, for a table. */
export interface SpecField {
  /** Dotted; `metrics[errors].limit` for a key of one kind of metric. */
  readonly path: string;
  readonly type: string;
  /** As the file would have it; empty without one. */
  readonly default: string;
  readonly description: string;
}

/** The JSON Schema (2020-12) of the spec file, for editors: the parser's own schema, seen from the input. */
export function specJsonSchema(): Readonly<Record<string, unknown>> {
  return {
    ...z.toJSONSchema(specSchema, { io: "input", target: "draft-2020-12" }),
    title: "Coalmine analysis spec, version 1",
  };
}

/** Every key of the spec file in its order, presets' options left out. */
export function specFields(): SpecField[] {
  return fieldsOf(specJsonSchema(), "");
}

function fieldsOf(schema: unknown, prefix: string): SpecField[] {
  const properties = child(schema, "properties");
  if (!isRecord(properties)) return [];
  return Object.entries(properties).flatMap(([key, property]) => {
    const path = prefix === "" ? key : `${prefix}.${key}`;
    const field = {
      path,
      type: typeOf(property),
      default: defaultOf(property),
      description: String(child(property, "description") ?? ""),
    };
    return [field, ...(key === "telemetry" ? [] : nestedFields(property, path))];
  });
}

function nestedFields(property: unknown, path: string): SpecField[] {
  const kinds = child(child(property, "items"), "oneOf");
  if (Array.isArray(kinds)) {
    return kinds.flatMap((kind) => {
      const name = child(child(child(kind, "properties"), "kind"), "const");
      return fieldsOf(kind, `${path}[${String(name)}]`).filter(
        ({ path: nested }) => !nested.endsWith(".kind"),
      );
    });
  }
  const forms = child(property, "anyOf");
  return Array.isArray(forms) ? forms.flatMap((form) => fieldsOf(form, path)) : fieldsOf(property, path);
}

function typeOf(property: unknown): string {
  const forms = child(property, "anyOf");
  if (Array.isArray(forms)) {
    const types = [...new Set(forms.map(typeOf))];
    // Both ways to write true and false.
    return types.includes("true or false") ? "true or false" : types.join(" or ");
  }
  if (Array.isArray(child(property, "oneOf"))) return "map";
  const words = child(property, "enum") ?? child(property, "const");
  if (words !== undefined) return Array.isArray(words) ? words.join(" | ") : String(words);
  const type = child(property, "type");
  return (Array.isArray(type) ? type : [type])
    .map((name) => typeWords[String(name)] ?? String(name))
    .join(" or ");
}

const typeWords: Readonly<Record<string, string>> = {
  object: "map",
  array: "list",
  string: "text",
  boolean: "true or false",
};

function defaultOf(property: unknown): string {
  const value = child(property, "default");
  return value === undefined ? "" : typeof value === "string" ? value : JSON.stringify(value);
}

function child(value: unknown, key: string): unknown {
  return isRecord(value) ? value[key] : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
