/** What an operator can set about a Prometheus source, and the limits of each. */
import * as z from "zod";

/**
 * Reads one source's settings from a file or the command line; unknown keys are
 * errors. Prometheus, Thanos, Mimir and VictoriaMetrics take the same.
 *
 * A secret stands in the settings or, better, in a file, which is read again
 * for every use, so it may be rotated under a running server.
 */
export const prometheusSourceSettings = z
  .strictObject({
    /** Up to and without `/api/v1`, for instance `https://mimir.example/prometheus`. */
    url: z.string().superRefine(checkUrl),
    auth: z
      .discriminatedUnion("kind", [
        z.strictObject({ kind: z.literal("none") }),
        z
          .strictObject({
            kind: z.literal("bearer"),
            token: z
              .string()
              .regex(/^[\x21-\x7e]+$/, "must be one word of ASCII")
              .optional(),
            tokenFile: z.string().min(1).optional(),
          })
          .refine((auth) => isOne(auth.token, auth.tokenFile), "needs either token or tokenFile"),
        z
          .strictObject({
            kind: z.literal("basic"),
            username: z.string().regex(/^[^:\n]*$/, "must hold no colon"),
            password: z.string().optional(),
            passwordFile: z.string().min(1).optional(),
          })
          .refine((auth) => isOne(auth.password, auth.passwordFile), "needs either password or passwordFile"),
      ])
      .default({ kind: "none" }),
    /** Sent with every query, for instance `X-Scope-OrgID` to name a tenant of Mimir. */
    headers: z.record(z.string(), z.string()).superRefine(checkHeaders).default({}),
    tls: z
      .strictObject({
        /** PEM; in place of the authorities that Node knows. */
        caFile: z.string().min(1).optional(),
        /** PEM of the client certificate, with its chain; goes with `keyFile`. */
        certFile: z.string().min(1).optional(),
        keyFile: z.string().min(1).optional(),
        /** Accepts any certificate: for a laboratory. */
        insecureSkipVerify: z.boolean().default(false),
      })
      .refine((tls) => (tls.certFile === undefined) === (tls.keyFile === undefined), {
        message: "certFile and keyFile go together: give both or neither",
      })
      .optional(),
    /** For one try, from connecting to the last byte. */
    timeoutMs: z.int().min(1).max(600_000).default(10_000),
    /** For one read with all its retries; 0 tries once. No retry lasts beyond it. */
    retryBudgetMs: z.int().min(0).max(3_600_000).default(30_000),
    /** Of one answer. JavaScript cannot hold a text over 512 MiB. */
    maxResponseBytes: z
      .int()
      .min(1024)
      .max(256 * 1024 * 1024)
      .default(64 * 1024 * 1024),
    /**
     * How far its clock may be from this machine's. A server that is ahead answers
     * with what was before the analysis, one that is behind without what is new.
     */
    maxClockSkewMs: z.int().min(2_000).max(3_600_000).default(30_000),
    /**
     * What becomes of an answer that the server itself says is not whole, as Thanos
     * does when a store behind it is away: what it leaves out may be the errors.
     * `accept` counts what is there, with a warning.
     */
    partialAnswers: z.enum(["refuse", "accept"]).default("refuse"),
    /**
     * What tells highly available replicas of one Prometheus apart: series equal
     * but for these labels are one series. The labels themselves are left out.
     */
    replicaLabels: z.array(z.string().min(1)).default(["prometheus_replica", "__replica__"]),
    /** A server that answers 405 to POST is asked by GET from then on. */
    method: z.enum(["POST", "GET"]).default("POST"),
  })
  .refine(({ url, tls }) => tls === undefined || url.startsWith("https:"), {
    message: "tls settings need an https url",
    path: ["tls"],
  });

/** The settings as parsed: every default filled in. */
export type PrometheusSourceSettings = z.output<typeof prometheusSourceSettings>;

const reservedHeaders = new Set([
  "host",
  "content-type",
  "content-length",
  "transfer-encoding",
  "connection",
]);

/** The messages name no part of the URL: it may hold a password. */
function checkUrl(text: string, context: z.RefinementCtx): void {
  const url = URL.parse(text);
  const problem = (message: string) => void context.addIssue({ code: "custom", message });
  if (url === null || (url.protocol !== "http:" && url.protocol !== "https:")) {
    problem("must be an http or https URL, for instance http://prometheus.monitoring:9090");
    return;
  }
  if (url.username !== "" || url.password !== "") {
    problem("must hold no user name or password, they would end up in logs: move them to auth (kind: basic)");
  }
  if (url.search !== "" || url.hash !== "") problem("must hold no query or fragment");
  if (/\/api\/v1(\/|$)/.test(url.pathname)) problem("must end before /api/v1, which is added to it");
}

function checkHeaders(headers: Readonly<Record<string, string>>, context: z.RefinementCtx): void {
  for (const [name, value] of Object.entries(headers)) {
    const problem = (message: string) => void context.addIssue({ code: "custom", message, path: [name] });
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) problem("is not a header's name");
    if (/[^\t\x20-\x7e]/.test(value)) problem("must be one line of ASCII");
    if (name.toLowerCase() === "authorization") problem("is set by auth (kind: bearer or basic)");
    if (reservedHeaders.has(name.toLowerCase())) problem("is set by the client");
  }
}

function isOne(inline: string | undefined, file: string | undefined): boolean {
  return (inline === undefined) !== (file === undefined);
}
