import type { Settings } from "../settings/settings.ts";
import type { Ambient } from "../tracing/ambient.ts";
import type { Tracing } from "../tracing/tracing.ts";
import { type GrpcParts, type OpenGrpc, openGrpc } from "./open-grpc.ts";

export interface WantedGrpcParts
  extends Omit<GrpcParts, "settings" | "kubernetes" | "environment" | "isOpenToAll" | "interceptors"> {
  readonly settings: Settings;
  readonly tracing: Tracing;
  readonly ambient: Ambient;
}

/** gRPC where the settings ask for it; else null, and none of its packages is loaded. @throws as {@link openGrpc} does */
export async function openGrpcIfWanted(parts: WantedGrpcParts): Promise<OpenGrpc | null> {
  const { settings, tracing, ambient } = parts;
  if (settings.grpc === undefined) return null;
  return await openGrpc({
    ...parts,
    settings: settings.grpc,
    kubernetes: settings.kubernetes,
    environment: process.env,
    isOpenToAll: settings.access?.mode === "off",
    async interceptors() {
      const { tracedCalls } = await import("../tracing/traced-calls.ts");
      return [tracedCalls(tracing, ambient)];
    },
  });
}
