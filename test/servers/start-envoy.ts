/** A real Envoy on 127.0.0.1 that splits traffic by weight, as a mesh does during a rollout. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./free-port.ts";
import { installEnvoy } from "./install-envoy.ts";
import { startOwnProcess } from "./own-process.ts";

/** One cohort's server behind Envoy. */
export interface EnvoyCluster {
  /** The value of `envoy_cluster_name` in the metrics. */
  readonly name: string;
  /** Where it listens on 127.0.0.1. */
  readonly port: number;
  /** Its share of the requests; the shares of all clusters add up to 100. */
  readonly weight: number;
}

/** Where Envoy listens and whom it serves. */
export interface EnvoyOptions {
  /** Port of 127.0.0.1 that takes the requests; a free one if left out. */
  readonly listenPort?: number;
  readonly clusters: readonly EnvoyCluster[];
}

/** A running Envoy. */
export interface RunningEnvoy {
  /** Where requests go, as in `http://127.0.0.1:40123`. */
  readonly url: string;
  /** Its metrics, for a Prometheus to scrape: `host:port` and path. Histograms move every 5 s. */
  readonly metrics: { readonly target: string; readonly path: string };
  /** Moves the traffic: the new share of each cluster, 0 to 100, adding up to 100. */
  setWeights(weights: Readonly<Record<string, number>>): Promise<void>;
  stop(): Promise<void>;
}

/** Starts it and waits until it serves; installs the program first if need be. */
export async function startEnvoy(options: EnvoyOptions): Promise<RunningEnvoy> {
  const envoy = await installEnvoy();
  const folder = mkdtempSync(join(tmpdir(), "coalmine-envoy-"));
  try {
    const listenPort = options.listenPort ?? (await freePort());
    const adminPort = await freePort();
    const config = join(folder, "bootstrap.json");
    writeFileSync(config, JSON.stringify(bootstrap(listenPort, adminPort, options.clusters)));
    const admin = `http://127.0.0.1:${adminPort}`;
    const args = [
      "--config-path",
      config,
      "--disable-hot-restart",
      "--concurrency",
      "1",
      "--log-level",
      "warning",
    ];
    const running = await startOwnProcess(envoy, args, `${admin}/ready`);
    return {
      url: `http://127.0.0.1:${listenPort}`,
      metrics: { target: `127.0.0.1:${adminPort}`, path: "/stats/prometheus" },
      setWeights: async (weights) => {
        const query = Object.entries(weights).map(([name, weight]) => `weights.${name}=${weight}`);
        const response = await fetch(`${admin}/runtime_modify?${query.join("&")}`, { method: "POST" });
        if (!response.ok)
          throw new Error(`envoy refused the weights: ${response.status} ${await response.text()}`);
      },
      stop: async () => {
        await running.stop();
        rmSync(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

function bootstrap(listenPort: number, adminPort: number, clusters: readonly EnvoyCluster[]) {
  return {
    admin: { address: address(adminPort) },
    // Histograms reach /stats/prometheus when they are flushed: 5 s is also the default, and is said here because tests wait for it.
    stats_flush_interval: "5s",
    layered_runtime: {
      layers: [{ name: "admin", admin_layer: {} }],
    },
    static_resources: {
      listeners: [
        { name: "rollout", address: address(listenPort), filter_chains: [{ filters: [router(clusters)] }] },
      ],
      clusters: clusters.map(({ name, port }) => ({
        name,
        type: "STATIC",
        connect_timeout: "1s",
        load_assignment: {
          cluster_name: name,
          endpoints: [{ lb_endpoints: [{ endpoint: { address: address(port) } }] }],
        },
      })),
    },
  };
}

function router(clusters: readonly EnvoyCluster[]) {
  const weighted = clusters.map(({ name, weight }) => ({ name, weight }));
  const route = { weighted_clusters: { clusters: weighted, runtime_key_prefix: "weights" } };
  return {
    name: "envoy.filters.network.http_connection_manager",
    typed_config: {
      "@type":
        "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
      stat_prefix: "rollout",
      route_config: {
        virtual_hosts: [{ name: "all", domains: ["*"], routes: [{ match: { prefix: "/" }, route }] }],
      },
      http_filters: [
        {
          name: "envoy.filters.http.router",
          typed_config: { "@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router" },
        },
      ],
    },
  };
}

function address(port: number) {
  return { socket_address: { address: "127.0.0.1", port_value: port } };
}
