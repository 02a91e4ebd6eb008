/** Sources by their address in a spec, where the settings allow it. */
import type { NamedSource } from "../analysis/pick-sources.ts";
import { invalidSpec } from "../analysis/spec/problems-of.ts";
import type { AddressPattern } from "./address-pattern.ts";

/** So that one tenant's addresses do not fill the memory of all. */
const mostAddresses = 100;

export interface AddressSourcesOptions {
  /** Those of the settings; each address that is allowed joins them under itself. */
  readonly sources: Map<string, NamedSource>;
  readonly allowed: readonly AddressPattern[];
  readonly open: (address: string) => NamedSource;
}

/**
 * Takes an address and returns the name of its source, which is the address.
 *
 * The returned function throws CoalmineError invalid-spec if no pattern of the
 * settings allows the address: whoever asks runs with this process's rights and
 * in its network, so a tenant may not choose where to.
 */
export function addressSources({
  sources,
  allowed,
  open,
}: AddressSourcesOptions): (address: string) => string {
  const opened = new Set<string>();
  return (address) => {
    if (!allowed.some((pattern) => pattern.allows(address))) {
      throw refused(
        `the address ${JSON.stringify(address)} is not allowed here: name a source of the settings` +
          `${sources.size > 0 ? ` (${[...sources.keys()].filter((name) => !opened.has(name)).join(", ")})` : ""}` +
          ", or let the operator add it to `allowedAddresses`",
      );
    }
    if (!sources.has(address)) {
      if (opened.size >= mostAddresses)
        throw refused(`specs name ${mostAddresses} addresses already; name them as sources in the settings`);
      sources.set(address, open(address));
      opened.add(address);
    }
    return address;
  };
}

function refused(message: string) {
  return invalidSpec([{ path: "source", message }]);
}
