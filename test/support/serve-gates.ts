/** Coalmine's gates on a free port of 127.0.0.1. */
import type { RequestListener } from "node:http";
import { createGateApi } from "../../src/adapters/flagger/gates/gate-api.ts";
import { createHttpApp } from "../../src/adapters/http/http-app.ts";
import { listen } from "../../src/adapters/http/listen.ts";
import { createGates } from "../../src/analysis/gates/create-gates.ts";
import type { Gates } from "../../src/analysis/gates/gates.ts";
import { type Access, noAccessControl } from "../../src/base/access.ts";
import { createMemoryGateStore } from "../../src/store/memory/memory-gate-store.ts";
import { callerNamed } from "./access-of.ts";
import { fakeClock } from "./fake-clock.ts";
import { type QuietLogger, quietLogger } from "./quiet-logger.ts";

export interface GateServer {
  readonly url: string;
  readonly gates: Gates;
  readonly logger: QuietLogger;
  close(): Promise<void>;
}

/** The token of {@link tokenAccess}. */
export const gateToken = "s3cret-token-of-shop";

/** One token, `ci`, that may act in shop only. */
export const tokenAccess: Access = {
  isOn: true,
  callerOf: async (secret) => (secret === gateToken ? callerNamed("ci") : null),
};

/** Said at noon of 2026-01-01, a millisecond after each other. */
export async function serveGates(
  options: { readonly access?: Access; readonly gates?: Gates } = {},
): Promise<GateServer> {
  const logger = quietLogger();
  const clock = fakeClock(Date.UTC(2026, 0, 1, 12));
  const { access = noAccessControl, gates = createGates({ store: createMemoryGateStore(), clock }) } =
    options;
  const app = createHttpApp({ handlers: [], logger });
  const api = createGateApi({ gates, access, logger });
  const serve: RequestListener = (request, response) => {
    if (!api(request, response)) app(request, response);
  };
  const listener = await listen(serve, { host: "127.0.0.1", port: 0 });
  return { url: listener.url, gates, logger, close: () => listener.close(0) };
}
