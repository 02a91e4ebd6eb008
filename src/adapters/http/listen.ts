import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { CoalmineError } from "../../base/errors.ts";

export interface ListenOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
}

/** A server that takes requests. */
export interface Listener {
  /** With the port it really has. */
  readonly url: string;
  /** Takes no more connections, and resolves when those there are have ended; after `atMostMs` they are cut. */
  close(atMostMs: number): Promise<void>;
}

/** @throws CoalmineError invalid-settings if the address cannot be had. */
export async function listen(handler: RequestListener, { host, port }: ListenOptions): Promise<Listener> {
  const server = createServer({ requestTimeout: 30_000, headersTimeout: 10_000 }, handler);
  server.listen(port, host);
  try {
    await once(server, "listening");
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CoalmineError("invalid-settings", `cannot listen on ${host}:${port}: ${why}`, { cause });
  }
  const address = server.address();
  const boundPort = typeof address === "object" && address !== null ? address.port : port;
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${boundPort}`,
    async close(atMostMs) {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      const cut = setTimeout(() => server.closeAllConnections(), atMostMs);
      await closed;
      clearTimeout(cut);
    },
  };
}
