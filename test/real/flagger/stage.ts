/** The stage of Flagger's tests: its own controller, fake pods, a real Prometheus, and a Coalmine server that may read the cluster. */
import { installServerAccount } from "../../servers/install-server-account.ts";
import { sharedControlPlane } from "../../support/control-plane.ts";
import type { KubernetesAccess } from "../../support/kubernetes-api.ts";
import { openTogether } from "../../support/open-together.ts";
import { type CoalmineServer, startCoalmineServer } from "../coalmine-server.ts";
import { type FlaggerShop, type FlaggerShopOptions, openFlaggerShop } from "./shop.ts";

export interface FlaggerStage extends FlaggerShop {
  readonly coalmine: CoalmineServer;
  /** The API with the rights of that server, no more. */
  readonly serverAccess: KubernetesAccess;
}

export interface FlaggerStageOptions extends FlaggerShopOptions {
  /** Of the Coalmine server, beside its source `default` and its cluster. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** For how long it tries a read of Prometheus again before it says that the source is away. */
  readonly retryBudgetMs?: number;
}

/** Starts all of it, in about five seconds. */
export async function openFlaggerStage(options: FlaggerStageOptions = {}): Promise<FlaggerStage> {
  return await openTogether(async (opened) => {
    const shop = await openFlaggerShop(options);
    opened.defer(() => shop.close());
    const { url } = shop.prometheus;
    const account = await installServerAccount(shop.api, sharedControlPlane());
    opened.defer(() => account.remove());
    const { retryBudgetMs } = options;
    const retries = retryBudgetMs === undefined ? {} : { retryBudgetMs };
    const coalmine = await startCoalmineServer({
      sources: { default: { kind: "prometheus", url, ingestionDelay: "2s", ...retries } },
      kubernetes: account.settings,
      ...options.settings,
    });
    opened.defer(() => coalmine.close());
    return { ...shop, coalmine, serverAccess: account.access, close: () => opened.disposeAsync() };
  });
}
