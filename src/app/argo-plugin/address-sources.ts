/** Sources by their address in a spec, where the settings allow it. */
import type { NamedSource } from "../../analysis/pick-sources.ts";
import { invalidSpec } from "../../analysis/spec/problems-of.ts";
import { mayLeadTo } from "../settings/address-network.ts";
import type { AddressPattern } from "../settings/address-pattern.ts";

/** So that one tenant's addresses neither fill the memory of all nor keep those of others out. */
const mostAddresses = 100;

export interface AddressSourcesOptions {
  /** Those of the settings; each address that is allowed joins them under itself. */
  readonly sources: Map<string, NamedSource>;
  readonly allowed: readonly AddressPattern[];
  /** @param mayConnectTo whether an address that the host's name resolves to may be connected to. */
  readonly open: (address: string, mayConnectTo: (ip: string) => boolean) => NamedSource;
}

/**
 * Takes an address, which is from then on the name of its source. A hundred are
 * held, the last that were asked for; an analysis that runs keeps its own source,
 * so whoever opens one asks right before it.
 *
 * The returned function throws CoalmineError invalid-spec if no pattern of the
 * settings allows the address: whoever asks runs with this process's rights and
 * in its network, so a tenant may not choose where to.
 */
export function addressSources({ sources, allowed, open }: AddressSourcesOptions): (address: string) => void {
  const opened = new Set<string>();
  return (address) => {
    const reaches = allowed.filter((pattern) => pattern.allows(address)).map(({ reach }) => reach);
    if (reaches.length === 0) {
      throw refused(
        `the address ${shown(address)} is not allowed here: name a source of the settings` +
          `${sources.size > 0 ? ` (${[...sources.keys()].filter((name) => !opened.has(name)).join(", ")})` : ""}` +
          ", or let the operator add it to `allowedAddresses`",
      );
    }
    const mayConnectTo = (ip: string) => reaches.some((reach) => mayLeadTo(reach, ip));
    if (!sources.has(address)) {
      sources.set(address, open(address, mayConnectTo));
      opened.add(address);
    } else if (opened.delete(address)) opened.add(address);
    for (const oldest of opened) {
      if (opened.size <= mostAddresses) break;
      opened.delete(oldest);
      sources.delete(oldest);
    }
  };
}

/** The address without what may be a secret in it: a user, a password, parameters. */
function shown(address: string): string {
  const url = URL.parse(address);
  return url === null
    ? "of the source"
    : JSON.stringify(`${url.protocol}//${url.host}${url.pathname}`.slice(0, 300));
}

function refused(message: string) {
  return invalidSpec([{ path: "source", message }]);
}
