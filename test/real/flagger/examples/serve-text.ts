/** A server of metrics in text, for a Prometheus to scrape. */
import { serveOnLoopback } from "../../../support/loopback-server.ts";

export interface TextServer {
  /** An entry of `scrape_configs`; every path is answered alike. */
  readonly scrapeConfig: Readonly<Record<string, unknown>>;
  close(): Promise<void>;
}

/** @param read asked for each scrape; where it throws, the scrape fails. */
export async function serveText(read: () => Promise<string>): Promise<TextServer> {
  const { host, close } = await serveOnLoopback((_request, response) => {
    read().then(
      (text) => response.writeHead(200, { "content-type": "text/plain; version=0.0.4" }).end(text),
      () => response.writeHead(503).end(),
    );
  });
  return {
    scrapeConfig: {
      job_name: host,
      scrape_interval: "1s",
      scrape_timeout: "1s",
      honor_labels: true,
      static_configs: [{ targets: [host] }],
    },
    close,
  };
}
