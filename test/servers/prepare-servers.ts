/**
 * `npm run servers`: builds or installs every server the `real`, `argo` and `flagger` tests
 * start, so that no test pays for it and its progress is seen.
 */
import { dirname } from "node:path";
import { argoVersions, buildArgoHost } from "./build-argo-host.ts";
import { buildControlPlane } from "./build-control-plane.ts";
import { buildFlagger } from "./build-flagger.ts";
import { buildGrpcClient } from "./build-grpc-client.ts";
import { buildKustomize } from "./build-kustomize.ts";
import { buildPluginHost } from "./build-plugin-host.ts";
import { buildPrometheus } from "./build-prometheus.ts";
import { installEnvoy } from "./install-envoy.ts";
import { installGrpcPython } from "./install-grpc-python.ts";

const say = (line: string) => console.log(`servers: ${line}`);

const { prometheus } = await buildPrometheus(say);
say(`Prometheus is ${prometheus}`);
say(`Envoy is ${await installEnvoy(say)}`);
say(`the gRPC client in Go is ${await buildGrpcClient(say)}`);
say(`the go-plugin host is ${await buildPluginHost(say)}`);
say(`the gRPC client in Python is ${(await installGrpcPython(say)).program}`);
const { apiServer } = await buildControlPlane(say);
say(`Kubernetes and Argo Rollouts are in ${dirname(apiServer)}`);
say(`kustomize is ${await buildKustomize(say)}`);
say(`Flagger is ${(await buildFlagger(say)).flagger}`);
for (const version of argoVersions)
  say(`the plugin client of Argo Rollouts ${version} is ${(await buildArgoHost(version, say)).host}`);
