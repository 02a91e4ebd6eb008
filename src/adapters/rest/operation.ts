import type * as z from "zod";
import type { Route } from "../http/route.ts";

/** One operation as /openapi.json describes it. */
export interface Operation {
  readonly summary: string;
  /** Path parameters, with what each is. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** A flat object, one property a query parameter. */
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** By status; without a body it is not JSON, and `type` says what it is. */
  readonly answers: Readonly<
    Record<number, { readonly about: string; readonly body?: z.ZodType; readonly type?: string }>
  >;
  /** Statuses of the problem documents it may answer beside 401, 405 and 500. */
  readonly problems: readonly number[];
}

/** What is under it asks who the caller is, where access control is on. */
export const guardedRoot = "/v1";

export type ApiRoute = Route<Operation>;
