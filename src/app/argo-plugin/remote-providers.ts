/** Loaded by a plugin that is remote, and by no other: gRPC takes memory. */
import {
  type ClientTls,
  connectToServer,
  type ServerCredentials,
} from "../../adapters/argo-rollouts/remote/plugin-server.ts";
import { createRemoteMetricProvider } from "../../adapters/argo-rollouts/remote/remote-metric-provider.ts";
import { createRemoteStepProvider } from "../../adapters/argo-rollouts/remote/remote-step-provider.ts";
import type { CoalmineError } from "../../base/errors.ts";
import type { Logger } from "../../base/logger.ts";
import { wrongSecret } from "../../base/token.ts";
import { atMostOnceASecond, faultOf, readSmallFile } from "../settings/read-small-file.ts";
import { unusableSettings } from "../settings/settings.ts";
import { systemClock } from "../system-clock.ts";
import type { Providers } from "./providers.ts";
import type { ServerSettings } from "./server-settings.ts";

/** A chain of certificates takes some kilobytes. */
const mostBytes = 1024 * 1024;

/**
 * Both plugins' methods, asked of the server. It need not be there yet.
 *
 * @throws CoalmineError invalid-settings if a file of the settings cannot be read.
 */
export async function openRemoteProviders(settings: ServerSettings, logger: Logger): Promise<Providers> {
  const { url, host } = settings.url;
  const credentials = atMostOnceASecond(systemClock, credentialsIn(settings));
  await credentials();
  const server = connectToServer({ url, address: host, credentials, logger });
  return {
    metric: createRemoteMetricProvider({ server, clock: systemClock }),
    step: createRemoteStepProvider(server),
  };
}

/** Reads all of the files each time; the certificates stay the same object while they are the same. */
function credentialsIn(settings: ServerSettings): () => Promise<ServerCredentials> {
  let latest: { readonly content: string; readonly tls: ClientTls } | null = null;
  return async () => {
    const [token, authority, certificate, key] = await Promise.all(
      (["tokenFile", "caFile", "certFile", "keyFile"] as const).map((name) => read(name, settings[name])),
    );
    if (settings.url.isEncrypted) {
      const content = JSON.stringify([authority, certificate, key]);
      if (latest?.content !== content) latest = { content, tls: tlsOf(authority, certificate, key) };
    }
    return { token: tokenIn(token, settings.tokenFile), tls: latest?.tls ?? null };
  };
}

/** Checked before it is sent: what sends it would quote it. */
function tokenIn(content: Content, path = ""): string | null {
  if (content == null) return null;
  const token = content.trim();
  const wrong = wrongSecret(token);
  if (wrong !== null) throw unusable("tokenFile", path, `holds a token that ${wrong}`);
  return token;
}

type Content = string | null | undefined;

function tlsOf(authority: Content, certificate: Content, key: Content): ClientTls {
  return {
    authority: authority == null ? null : Buffer.from(authority),
    identity:
      certificate == null || key == null
        ? null
        : { certificate: Buffer.from(certificate), key: Buffer.from(key) },
  };
}

async function read(name: string, path: string | undefined): Promise<string | null> {
  if (path === undefined) return null;
  try {
    return await readSmallFile(path, mostBytes);
  } catch (error) {
    throw unusable(name, path, faultOf(error).message);
  }
}

function unusable(name: string, path: string, message: string): CoalmineError {
  return unusableSettings([{ path: `server.${name}`, message: `${path} ${message}` }]);
}
