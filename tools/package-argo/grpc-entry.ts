/** What the package loads only where gRPC is spoken, in one file: bundle.ts leads the imports of these three to it. */
export { grpcServices } from "../../src/app/argo-plugin/grpc-services.ts";
export { openRemoteProviders } from "../../src/app/argo-plugin/remote-providers.ts";
export { createGrpcHost } from "../../src/wire/go-plugin/grpc/grpc-host.ts";
