import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";

export interface Injected {
  readonly status: number;
  readonly text: string;
}

/** Asks a handler without a connection, for tests that ask thousands of times. */
export function inject(
  handle: (request: IncomingMessage, response: ServerResponse) => unknown,
  path: string,
  body: string,
): Promise<Injected> {
  const request = new IncomingMessage(new Socket());
  request.method = "POST";
  request.url = path;
  const { promise, resolve } = Promise.withResolvers<Injected>();
  const response = new ServerResponse(request);
  response.end = (text: unknown) => {
    resolve({ status: response.statusCode, text: String(text) });
    return response;
  };
  handle(request, response);
  request.push(body);
  request.push(null);
  return promise;
}
