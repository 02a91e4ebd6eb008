/** The one socket that the host connects to; only the plugin's own user may, or programs of the same machine. */
import { randomBytes } from "node:crypto";
import { chmodSync, chownSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CoalmineError, messageOf } from "../../base/errors.ts";
import type { PluginAddress } from "./handshake.ts";

/** A socket that takes connections. */
export interface Listener extends PluginAddress {
  /** Takes no more connections and removes the socket's file, at once; those that are open stay. Twice is as good as once. */
  close(): void;
}

/** One host makes one connection; a few more leave room for a host that attaches again. */
const maxConnections = 8;

/**
 * Listens as the host's environment says. On a unix socket: a new file in
 * PLUGIN_UNIX_SOCKET_DIR, else the folder for temporary files, mode 0600, or
 * 0660 and owned by PLUGIN_UNIX_SOCKET_GROUP (a group id) if that is set. On
 * TCP: the first free port of 127.0.0.1 from PLUGIN_MIN_PORT to PLUGIN_MAX_PORT,
 * any if both are missing (serverListener in server.go).
 *
 * @throws CoalmineError invalid-settings if a variable cannot be read, source-unavailable if no address could be had.
 */
export async function listen(
  network: "unix" | "tcp",
  env: NodeJS.ProcessEnv,
  onConnection: (socket: Socket) => void,
): Promise<Listener> {
  const server = createServer({ allowHalfOpen: true }, onConnection);
  server.maxConnections = maxConnections;
  return network === "unix" ? listenOnFile(server, env) : listenOnPort(server, env);
}

async function listenOnFile(server: Server, env: NodeJS.ProcessEnv): Promise<Listener> {
  const address = join(env["PLUGIN_UNIX_SOCKET_DIR"] || tmpdir(), `plugin${randomBytes(6).toString("hex")}`);
  const group = groupOf(env["PLUGIN_UNIX_SOCKET_GROUP"]);
  await listening(server, { path: address }, () => {
    if (group !== null) chownSync(address, -1, group);
    chmodSync(address, group === null ? 0o600 : 0o660);
  });
  return {
    network: "unix",
    address,
    close: () => {
      server.close();
      rmSync(address, { force: true });
    },
  };
}

async function listenOnPort(server: Server, env: NodeJS.ProcessEnv): Promise<Listener> {
  const first = portOf("PLUGIN_MIN_PORT", env);
  const last = portOf("PLUGIN_MAX_PORT", env);
  for (let port = first; port <= last; port++) {
    try {
      await listening(server, { host: "127.0.0.1", port });
    } catch {
      continue;
    }
    const bound = server.address();
    const isPort = bound !== null && typeof bound === "object";
    return {
      network: "tcp",
      address: `127.0.0.1:${isPort ? bound.port : port}`,
      close: () => void server.close(),
    };
  }
  throw new CoalmineError(
    "source-unavailable",
    `go-plugin: a free port of 127.0.0.1 from PLUGIN_MIN_PORT=${first} to PLUGIN_MAX_PORT=${last} wanted, none met`,
  );
}

/** @param onBound Called in the same turn as the socket's file is made: no connection can have come in. */
async function listening(
  server: Server,
  where: { readonly path: string } | { readonly host: string; readonly port: number },
  onBound: () => void = () => {},
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject).once("listening", resolve);
  try {
    server.listen(where);
    if (!server.listening) await promise;
    onBound();
    await promise;
  } catch (cause) {
    server.close();
    throw cannotListen(cause);
  } finally {
    server.off("error", reject).on("error", () => {});
  }
}

function cannotListen(cause: unknown): CoalmineError {
  return new CoalmineError(
    "source-unavailable",
    `go-plugin: cannot listen for the host: ${messageOf(cause)}`,
    { cause },
  );
}

function portOf(name: string, env: NodeJS.ProcessEnv): number {
  const text = env[name] || "0";
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new CoalmineError("invalid-settings", `${name}: a port from 0 to 65535 wanted, "${text}" met`);
}

function groupOf(text: string | undefined): number | null {
  if (text === undefined || text === "") return null;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new CoalmineError(
    "invalid-settings",
    `PLUGIN_UNIX_SOCKET_GROUP: a group id wanted, "${text}" met: set the number instead of the name`,
  );
}
