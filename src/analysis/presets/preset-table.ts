import { appmesh, contour, envoy, knative } from "./envoy.ts";
import { http, raw } from "./http.ts";
import { argoIstioHost, argoIstioSubset, flaggerIstio, istio } from "./istio.ts";
import { linkerd } from "./linkerd.ts";
import { nginx } from "./nginx.ts";
import type { Preset } from "./preset.ts";
import { traefik } from "./traefik.ts";

/** Every preset, by the name that `telemetry` in a spec gives. A new one is a file and a row here. */
export const presetTable: ReadonlyMap<string, Preset> = new Map(
  [
    istio,
    flaggerIstio,
    argoIstioHost,
    argoIstioSubset,
    linkerd,
    nginx,
    traefik,
    envoy,
    contour,
    appmesh,
    knative,
    http,
    raw,
  ].map((preset) => [preset.name, preset] as const),
);
