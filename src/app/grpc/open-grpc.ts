import type { GrpcServerOptions, GrpcTls } from "../../adapters/grpc/grpc-server.ts";
import type { Access } from "../../base/access.ts";
import { authority } from "../../base/authority.ts";
import { isLoopback } from "../access/loopback.ts";
import type { GrpcSettings } from "../settings/grpc-settings.ts";
import { faultOf, readSmallFile } from "../settings/read-small-file.ts";
import { unusableSettings } from "../settings/settings.ts";
import type { GrpcPluginsParts } from "./open-grpc-plugins.ts";

export interface GrpcParts
  extends Pick<GrpcServerOptions, "analyses" | "access" | "logger" | "metrics" | "isDraining">,
    Pick<GrpcPluginsParts, "sources" | "kubernetes" | "environment"> {
  readonly settings: GrpcSettings;
  /** Whether the settings say that everybody may ask for everything (`access: {mode: off}`). */
  readonly isOpenToAll: boolean;
  /** Around every call, from the wire on; made only where gRPC is spoken. */
  readonly interceptors?: () => Promise<GrpcServerOptions["interceptors"]>;
}

/** gRPC in use. */
export interface OpenGrpc {
  /** With the port it really has, as clients write it: `127.0.0.1:50051`. */
  readonly address: string;
  /** As GrpcServer.close. */
  close(atMostMs: number): Promise<void>;
}

/**
 * Listens for gRPC. Its packages are loaded here, so that a server without it
 * does without their memory.
 *
 * @throws CoalmineError invalid-settings if the address or the files cannot be
 *   had; for an address that others than this machine may reach, also where
 *   everybody could ask for everything, or tokens could be read on the way,
 *   without a word of the operator that it is meant.
 */
export async function openGrpc(parts: GrpcParts): Promise<OpenGrpc> {
  const { settings, access, interceptors } = parts;
  const { host, port, maxMessageBytes } = settings;
  refuseUnsafeGrpc(parts);
  const tls = settings.tls === undefined ? undefined : await readGrpcTls(settings.tls);
  const { createGrpcServer } = await import("../../adapters/grpc/grpc-server.ts");
  const { openGrpcPlugins } = await import("./open-grpc-plugins.ts");
  const plugins = await openGrpcPlugins(parts);
  const server = await createGrpcServer({
    analyses: parts.analyses,
    access,
    logger: parts.logger,
    metrics: parts.metrics,
    isDraining: parts.isDraining,
    maxMessageBytes,
    ...(tls === undefined ? {} : { tls }),
    interceptors: (await interceptors?.()) ?? [],
    services: plugins.services,
  });
  const boundPort = await server.listen({ host, port });
  return {
    address: authority({ host, port: boundPort }),
    async close(atMostMs) {
      await server.close(atMostMs);
      await plugins.close();
    },
  };
}

/** What decides whether gRPC may be spoken at an address. */
type GrpcExposure = Pick<GrpcParts, "settings" | "isOpenToAll"> & { readonly access: Pick<Access, "isOn"> };

/** @throws CoalmineError invalid-settings as {@link openGrpc} does for an address that others may reach */
export function refuseUnsafeGrpc({ settings, access, isOpenToAll }: GrpcExposure): void {
  const { host, tls, plaintextTokens } = settings;
  if (isLoopback(host)) return;
  const reached = `grpc.host (${host}) may be reached by others than this machine`;
  if (!access.isOn && !isOpenToAll) {
    const message =
      `is missing, and ${reached}: name who may ask (access.tokens), or let everybody ask for everything with ` +
      "access: {mode: off}; grpc.host: 127.0.0.1 needs neither";
    throw unusableSettings([{ path: "access", message }]);
  }
  if (access.isOn && tls === undefined && !plaintextTokens) {
    const message =
      `is missing, and ${reached}: tokens could be read on the way. Give certFile and keyFile; or, where a mesh ` +
      "encrypts what goes there, set grpc.plaintextTokens: true";
    throw unusableSettings([{ path: "grpc.tls", message }]);
  }
}

/** A chain of certificates takes some kilobytes. */
const mostPemBytes = 1024 * 1024;

/** @throws CoalmineError invalid-settings for a file that cannot be read */
export async function readGrpcTls(files: NonNullable<GrpcSettings["tls"]>): Promise<GrpcTls> {
  const read = async (key: "certFile" | "keyFile" | "clientCaFile", path: string) => {
    try {
      return Buffer.from(await readSmallFile(path, mostPemBytes));
    } catch (error) {
      throw unusableSettings([{ path: `grpc.tls.${key}`, message: `${path} ${faultOf(error).message}` }]);
    }
  };
  const { certFile, keyFile, clientCaFile } = files;
  return {
    certificate: await read("certFile", certFile),
    key: await read("keyFile", keyFile),
    clientAuthority: clientCaFile === undefined ? null : await read("clientCaFile", clientCaFile),
  };
}
