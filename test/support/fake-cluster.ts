/** A Kubernetes API on 127.0.0.1 that answers what a test says and remembers what it was asked. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { ClusterAccess } from "../../src/adapters/kubernetes/cluster-access.ts";

export interface ClusterRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  /** Parsed JSON; null without a body. */
  readonly body: unknown;
}

/** An answer; `cut` ends the connection without one, a promise keeps the asker waiting. */
export type ClusterReply = { readonly status: number; readonly body: unknown } | "cut";

export interface FakeCluster {
  readonly access: ClusterAccess;
  readonly requests: readonly ClusterRequest[];
  close(): Promise<void>;
}

/** @param replyTo is asked for every request, whole. */
export async function startFakeCluster(
  replyTo: (request: ClusterRequest) => ClusterReply | Promise<ClusterReply>,
): Promise<FakeCluster> {
  const requests: ClusterRequest[] = [];

  async function handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "", url: path = "", headers } = incoming;
    const sent = await text(incoming);
    const request = { method, path, headers, body: sent === "" ? null : JSON.parse(sent) };
    requests.push(request);
    const reply = await replyTo(request);
    if (reply === "cut") response.destroy();
    else
      response
        .writeHead(reply.status, { "content-type": "application/json" })
        .end(JSON.stringify(reply.body));
  }

  const server = createServer((incoming, response) => {
    handle(incoming, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    access: {
      server: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      authority: null,
      token: { kind: "text", text: "the-token" },
      certificate: null,
      insecure: false,
    },
    requests,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A refusal as the API writes it. */
export function clusterStatus(
  code: number,
  reason: string,
  message: string,
  details: object = {},
): ClusterReply {
  return {
    status: code,
    body: { kind: "Status", apiVersion: "v1", status: "Failure", reason, message, details, code },
  };
}
