/** An HTTP server of a test on 127.0.0.1. */
import { createServer, type RequestListener } from "node:http";

export interface LoopbackServer {
  /** As in `http://127.0.0.1:40123`, without a slash at the end. */
  readonly url: string;
  /** As in `127.0.0.1:40123`. */
  readonly host: string;
  /** Ends it, and the connections that are open. */
  close(): Promise<void>;
}

/** Starts one on a free port. */
export async function serveOnLoopback(listener: RequestListener): Promise<LoopbackServer> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new TypeError("no port");
  const host = `127.0.0.1:${address.port}`;
  return {
    url: `http://${host}`,
    host,
    async close() {
      const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}
