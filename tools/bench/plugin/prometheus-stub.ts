import { once } from "node:events";
import { createServer } from "node:http";

/** A Prometheus that finds the same of everything; for plugins whose calls, not whose queries, are measured. */
export interface PrometheusStub {
  readonly url: string;
  close(): Promise<void>;
}

/** Answers `vector(1)`, which is what Argo's sample asks, with 1, and every range selector with no series. */
export async function startPrometheusStub(): Promise<PrometheusStub> {
  const one = answer("vector", [{ metric: {}, value: [0, "1"] }]);
  const none = answer("matrix", []);
  const server = createServer(async (request, response) => {
    let asked = request.url ?? "";
    for await (const chunk of request.setEncoding("utf8")) asked += chunk;
    response.setHeader("content-type", "application/json").end(asked.includes("vector%281%29") ? one : none);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("a TCP address was wanted");
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

function answer(resultType: string, result: readonly unknown[]): string {
  return JSON.stringify({ status: "success", data: { resultType, result } });
}
