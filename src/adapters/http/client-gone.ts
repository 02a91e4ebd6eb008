import type { Response } from "express";

/** Why a request's work was stopped: nobody waits for it. There is no one to answer, and nothing went wrong. */
export class ClientGone extends Error {
  override readonly name = "ClientGone";
}

/** Aborts when the client leaves before its answer is complete, so that nobody works for no one. */
export function clientGone(response: Response): AbortSignal {
  const controller = new AbortController();
  response.once("close", () => {
    if (!response.writableFinished) controller.abort(new ClientGone("the client left"));
  });
  return controller.signal;
}
