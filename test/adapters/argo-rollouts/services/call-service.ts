import type { PluginServer } from "../../../../src/adapters/argo-rollouts/remote/plugin-server.ts";
import type { ServiceMethod } from "../../../../src/adapters/argo-rollouts/services/contract.ts";
import type { PluginService } from "../../../../src/adapters/argo-rollouts/services/plugin-service.ts";

/** Asks services as a client does, message by message, without a network between. */
export function serverOf<Asker>(services: readonly PluginService<Asker>[], asker: Asker): PluginServer {
  const methods = services.flatMap((service) => service.methods);
  return {
    async ask<Request, Response>(
      method: ServiceMethod<Request, Response>,
      request: Request,
    ): Promise<Response> {
      const asked = methods.find(({ path }) => path === method.path);
      if (asked === undefined) throw new Error(`no method ${method.path}`);
      return method.decodeResponse(await asked.answer(method.encodeRequest(request), asker));
    },
    close: () => undefined,
  };
}
