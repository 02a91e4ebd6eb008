import type { Response } from "express";

/** Aborts when the client leaves before its answer is complete, so that nobody works for no one. */
export function clientGone(response: Response): AbortSignal {
  const controller = new AbortController();
  response.once("close", () => {
    if (!response.writableFinished) controller.abort(new Error("the client left"));
  });
  return controller.signal;
}
