/** Which addresses a spec may name. */

import { isIP } from "node:net";
import type { Reach } from "./address-network.ts";

/** One entry of the settings' `allowedAddresses`. */
export interface AddressPattern {
  allows(address: string): boolean;
  /** Where a name that it allows may lead, once it is resolved. */
  readonly reach: Reach;
}

const written = /^(https?):\/\/([a-z0-9.*-]+)(?::(\d{1,5}|\*))?(\/[^?#\s]*)?$/i;

/**
 * Reads a pattern: a URL in which `*` stands for any part of a host name
 * between two dots, or for any port: `http://prometheus.*.svc:9090`. A path allows
 * itself and what is below it. No pattern allows an IPv6 address, which `*` would
 * match whole, nor a path with escapes, which a proxy may read as another path.
 * Null if it is none.
 *
 * A host without `*` may lead into private networks, and so may a service of a
 * cluster (`*.svc`); another pattern only with `privateNetworks`. Nothing leads to
 * this machine, to link-local addresses or to those where clouds tell
 * credentials, unless it is written as an address, or `localhost`.
 */
export function readAddressPattern(
  text: string,
  { privateNetworks = false }: { readonly privateNetworks?: boolean } = {},
): AddressPattern | null {
  const [, protocol, host, port, path = "/"] = written.exec(text) ?? [];
  if (protocol === undefined || host === undefined) return null;
  const labels = host.toLowerCase().split(".");
  const folder = path.endsWith("/") ? path : `${path}/`;
  return {
    reach: reachOf(host.toLowerCase(), privateNetworks),
    allows(address) {
      const url = URL.parse(address);
      if (url === null || url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "")
        return false;
      if (url.hostname.startsWith("[") || url.pathname.includes("%")) return false;
      return (
        url.protocol === `${protocol.toLowerCase()}:` &&
        (port === "*" || portOf(url) === Number(port ?? defaultPorts[`${protocol.toLowerCase()}:`])) &&
        matchesHost(labels, url.hostname.split(".")) &&
        `${url.pathname.replace(/\/$/, "")}/`.startsWith(folder)
      );
    },
  };
}

function reachOf(host: string, privateNetworks: boolean): Reach {
  if (isIP(host) !== 0) return "anywhere";
  if (host === "localhost") return "this-machine";
  const isService = /\.svc(\.cluster\.local)?$/.test(host);
  // Beginning with a number, it is addresses: the operator wrote which network.
  const isOfAddresses = /^\d+(\.[\d*]+){3}$/.test(host);
  return privateNetworks || isService || isOfAddresses || !host.includes("*") ? "private" : "public";
}

const defaultPorts: Readonly<Record<string, number>> = { "http:": 80, "https:": 443 };

function portOf({ port, protocol }: URL): number | undefined {
  return port === "" ? defaultPorts[protocol] : Number(port);
}

function matchesHost(pattern: readonly string[], host: readonly string[]): boolean {
  if (pattern.length !== host.length) return false;
  return pattern.every((label, i) => matchesLabel(label, host[i] ?? ""));
}

function matchesLabel(pattern: string, label: string): boolean {
  const [start = "", end, more] = pattern.split("*");
  if (end === undefined) return pattern === label;
  if (more !== undefined || label === "") return false;
  return label.length >= start.length + end.length && label.startsWith(start) && label.endsWith(end);
}
