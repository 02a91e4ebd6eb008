/** The connections to one server, by plain HTTP or TLS. */
import { readFile } from "node:fs/promises";
import { createSecureContext, type SecureContext } from "node:tls";
import { buildConnector, Pool } from "undici";
import { describeCause } from "./failed-try.ts";
import { guardConnector, guardedLookup, type MayConnectTo } from "./guarded-connector.ts";
import type { PrometheusSourceSettings } from "./prometheus-settings.ts";

type TlsSettings = NonNullable<PrometheusSourceSettings["tls"]>;

export interface ConnectionOptions {
  readonly tls: TlsSettings | undefined;
  /** Which addresses may be connected to; all unless given. */
  readonly mayConnectTo?: MayConnectTo | undefined;
}

/** Below Prometheus' own default for queries at once (`--query.max-concurrency`, 20). */
const mostConnections = 16;
/** Longer than looks are apart, so that each need not connect anew. */
const idleMs = 60_000;

/**
 * Opens connections to `origin` as they are needed. Certificates and keys are
 * read from their files for each new connection, so they may be rotated; a file
 * that cannot be read or understood fails the request that needed it.
 */
export function createConnectionPool(origin: string, { tls, mayConnectTo }: ConnectionOptions): Pool {
  return new Pool(origin, {
    connections: mostConnections,
    keepAliveTimeout: idleMs,
    // Each exchange is timed as a whole.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: createConnector({ tls, mayConnectTo }),
  });
}

function createConnector({ tls, mayConnectTo }: ConnectionOptions): buildConnector.connector {
  const options = mayConnectTo === undefined ? {} : { lookup: guardedLookup(mayConnectTo) };
  const connect = tls === undefined ? buildConnector(options) : createTlsConnector(tls, options);
  return mayConnectTo === undefined ? connect : guardConnector(connect, mayConnectTo);
}

/** OpenSSL's own words name neither a file nor a setting. */
function secureContextOf(texts: Readonly<Record<string, string>>): SecureContext {
  try {
    return createSecureContext(texts);
  } catch (cause) {
    throw new Error(`the files in the source's tls settings cannot be used: ${describeCause(cause)}`, {
      cause,
    });
  }
}

function createTlsConnector(
  tls: TlsSettings,
  options: buildConnector.BuildOptions,
): buildConnector.connector {
  let held: { readonly files: string; readonly connect: buildConnector.connector } | undefined;

  /** Keeps the connector while its files stay the same: it remembers TLS sessions. */
  async function connectorOfNow(): Promise<buildConnector.connector> {
    const paths = { ca: tls.caFile, cert: tls.certFile, key: tls.keyFile };
    const texts: Record<string, string> = {};
    for (const [name, path] of Object.entries(paths)) {
      if (path !== undefined) texts[name] = await readFile(path, "utf8");
    }
    const files = JSON.stringify(texts);
    if (held?.files !== files) {
      const secureContext = secureContextOf(texts);
      held = {
        files,
        connect: buildConnector({ ...options, secureContext, rejectUnauthorized: !tls.insecureSkipVerify }),
      };
    }
    return held.connect;
  }

  return (options, callback) => {
    connectorOfNow()
      .then((connect) => connect(options, callback))
      .catch((error: unknown) => callback(error instanceof Error ? error : new Error(String(error)), null));
  };
}
