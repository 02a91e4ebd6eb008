import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { authority } from "../../base/authority.ts";
import { CoalmineError, messageOf } from "../../base/errors.ts";

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

/** Idle connections outlive the 60 s of the usual load balancers, so that these and not we close them first. */
const timeouts = { requestTimeout: 30_000, headersTimeout: 10_000, keepAliveTimeout: 65_000 };

/** @throws CoalmineError invalid-settings if the address cannot be had. */
export async function listen(handler: RequestListener, { host, port }: ListenOptions): Promise<Listener> {
  const server = createServer(timeouts, handler);
  let closing = false;
  server.on("request", (_request, response) => {
    // A connection kept alive turns idle only after its answer, which is when close() no longer looks.
    response.once("close", () => closing && setImmediate(() => server.closeIdleConnections()));
  });
  server.listen(port, host);
  try {
    await once(server, "listening");
  } catch (error) {
    throw unusable(authority({ host, port }), error);
  }
  const address = server.address();
  const boundPort = typeof address === "object" && address !== null ? address.port : port;
  return {
    url: `http://${authority({ host, port: boundPort })}`,
    async close(atMostMs) {
      closing = true;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      const cut = setTimeout(() => server.closeAllConnections(), atMostMs);
      await closed;
      clearTimeout(cut);
    },
  };
}

function unusable(address: string, cause: unknown): CoalmineError {
  return new CoalmineError("invalid-settings", `cannot listen on ${address}: ${messageOf(cause)}`, { cause });
}
