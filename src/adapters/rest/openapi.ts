import * as z from "zod";
import { auditPageSchema } from "../../analysis/audit/audit-documents.ts";
import { gateListSchema, gateSchema, gateWordSchema } from "../../analysis/gates/gate-documents.ts";
import { specSchema } from "../../analysis/spec/spec-schema.ts";

import { type ApiRoute, guardedRoot, type Operation } from "./operation.ts";
import { publishedJudgeSchema } from "./request-schemas.ts";
import {
  healthSchema,
  looksSchema,
  problemSchema,
  resultListSchema,
  resultSchema,
} from "./result-schemas.ts";

/** What bodies are made of, by the names the document gives them. */
const components = {
  Spec: specSchema,
  JudgeRequest: publishedJudgeSchema,
  Analysis: resultSchema,
  AnalysisList: resultListSchema,
  Looks: looksSchema,
  GateWord: gateWordSchema,
  Gate: gateSchema,
  GateList: gateListSchema,
  AuditPage: auditPageSchema,
  Health: healthSchema,
  Problem: problemSchema,
} as const satisfies Record<string, z.ZodType>;

/** How a caller says who it is. */
const securitySchemes = {
  bearer: { type: "http", scheme: "bearer" },
  basic: { type: "http", scheme: "basic", description: "The token as password, with any user name." },
} as const;

const waysIn = Object.keys(securitySchemes).map((name) => ({ [name]: [] }));

/**
 * The API as an OpenAPI 3.1 document, from the routes that are mounted and the
 * schemas that read the requests.
 *
 * @param hasAccessControl whether callers must say who they are.
 * @throws TypeError if a route has a body that `components` does not name.
 */
export function openApiDocument(routes: readonly ApiRoute[], version: string, hasAccessControl: boolean) {
  const byPath = Map.groupBy(routes, ({ path }) => path);
  const paths = [...byPath].map(([path, ofPath]) => [
    path,
    Object.fromEntries(
      ofPath.map(({ method, describe }) => [method, operation(path, describe, hasAccessControl)]),
    ),
  ]);
  return {
    openapi: "3.1.1",
    info: { title: "Coalmine", version, description: "A statistical judge of canary releases." },
    paths: Object.fromEntries(paths),
    components: { schemas: componentSchemas(), ...(hasAccessControl ? { securitySchemes } : {}) },
  };
}

function operation(path: string, describe: Operation, hasAccessControl: boolean) {
  const isGuarded = path.startsWith(`${guardedRoot}/`);
  const answers = Object.entries(describe.answers).map(([status, { about, body, type }]) => [
    status,
    { description: about, content: body === undefined ? { [type ?? "text/plain"]: {} } : json(body) },
  ]);
  const problems = [...(isGuarded ? [401, 503] : []), ...describe.problems, 405, 500].map((status) => [
    String(status),
    {
      description: "A problem.",
      content: { "application/problem+json": { schema: reference(problemSchema) } },
    },
  ]);
  const body = describe.body;
  return {
    summary: describe.summary,
    ...(isGuarded && hasAccessControl ? { security: waysIn } : {}),
    parameters: [...pathParameters(describe), ...queryParameters(describe)],
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: { ...json(body), "application/yaml": { schema: reference(body) } },
          },
        }),
    responses: Object.fromEntries([...answers, ...problems]),
  };
}

function pathParameters({ parameters = {} }: Operation) {
  return Object.entries(parameters).map(([name, description]) => ({
    name,
    in: "path",
    required: true,
    description,
    schema: { type: "string" },
  }));
}

function queryParameters({ query }: Operation) {
  if (query === undefined) return [];
  const { properties = {} } = z.toJSONSchema(query, { io: "input" });
  return Object.entries(properties).map(([name, schema]) => ({ name, in: "query", required: false, schema }));
}

function json(schema: z.ZodType) {
  return { "application/json": { schema: reference(schema) } };
}

function reference(schema: z.ZodType) {
  const known = Object.entries(components).find(([, component]) => component === schema);
  if (known === undefined) throw new TypeError("a body of the API is not among its components");
  return { $ref: locate(known[0]) };
}

function componentSchemas() {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(components)) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, { io: "input", uri: locate });
  // OpenAPI 3.1 names the dialect once for the whole document.
  const bare = Object.entries(schemas).map(([id, { $schema: _dialect, $id: _id, ...schema }]) => [
    id,
    schema,
  ]);
  return Object.fromEntries(bare);
}

function locate(id: string): string {
  return `#/components/schemas/${id}`;
}
