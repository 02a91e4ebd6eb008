/** What network an address is of, and who may be led there by a name in a spec. */
import { isIP } from "node:net";
import ipaddr from "ipaddr.js";
import { unreachable } from "../../base/unreachable.ts";

/**
 * - `public`: anybody's.
 * - `private`: an organisation's own, as those of a cluster are.
 * - `loopback`: this machine.
 * - `forbidden`: what no metrics are served at: link-local addresses, where clouds tell a machine its
 *   credentials; their like of other clouds; and all that is reserved, or stands for another address.
 */
export type Network = "public" | "private" | "loopback" | "forbidden";

/** Where clouds tell a machine its credentials, as far as it is not a link-local address. */
const metadataAddresses: ReadonlySet<string> = new Set([
  "100.100.100.200", // Alibaba Cloud
  "168.63.129.16", // Azure
  "fd00:ec2::254", // AWS
  "fd20:ce::254", // Google Cloud
]);

const networks: Readonly<Record<string, Network>> = {
  unicast: "public",
  private: "private",
  uniqueLocal: "private",
  // Of providers, and of clusters that ran out of private ones (RFC 6598).
  carrierGradeNat: "private",
  loopback: "loopback",
};

/** Of an address as a resolver gives it; of what is none, `forbidden`. */
export function networkOf(address: string): Network {
  // Without its zone, which names an interface.
  const [bare = ""] = address.split("%", 1);
  // Stricter than the library, which takes 127.1 and 0x7f.1 too.
  if (isIP(bare) === 0) return "forbidden";
  const parsed = embedded(ipaddr.process(bare));
  if (metadataAddresses.has(parsed.toString())) return "forbidden";
  return networks[parsed.range()] ?? "forbidden";
}

/** The IPv4 address that a NAT64 gateway would connect to (RFC 6052, the well-known prefix), or the same address. */
function embedded(address: ipaddr.IPv4 | ipaddr.IPv6): ipaddr.IPv4 | ipaddr.IPv6 {
  if (address.kind() === "ipv4" || !address.match(wellKnownPrefix)) return address;
  return ipaddr.fromByteArray(address.toByteArray().slice(12));
}

const wellKnownPrefix = ipaddr.parseCIDR("64:ff9b::/96");

/**
 * How far a name may lead:
 * - `anywhere`: the operator wrote this very address.
 * - `this-machine`: the operator wrote `localhost`.
 * - `private`: the operator knows who gives out such names.
 * - `public`: anybody may have made the name.
 */
export type Reach = "anywhere" | "this-machine" | "private" | "public";

export function mayLeadTo(reach: Reach, address: string): boolean {
  const network = networkOf(address);
  switch (reach) {
    case "anywhere":
      return true;
    case "this-machine":
      return network === "loopback";
    case "private":
      return network === "public" || network === "private";
    case "public":
      return network === "public";
    default:
      return unreachable(reach);
  }
}
