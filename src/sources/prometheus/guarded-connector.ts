/** Connects only to addresses that somebody has looked at. */
import { lookup as resolve } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import type { buildConnector } from "undici";
import { CoalmineError } from "../../base/errors.ts";

/** Whether an IP address may be connected to. */
export type MayConnectTo = (ip: string) => boolean;

/**
 * A lookup that leaves out what may not be connected to. The socket connects to
 * one of those that are left and asks nobody again, so what was looked at is
 * what is connected to, whatever the name resolves to the next moment.
 *
 * Where nothing is left it fails with a CoalmineError query-rejected; it names
 * no address, for whoever chose the name may not be meant to know it.
 *
 * @param lookup resolves names; the system's unless given.
 */
export function guardedLookup(mayConnectTo: MayConnectTo, lookup: LookupFunction = resolve): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found, family) => {
      if (error !== null) {
        callback(error, "", 0);
        return;
      }
      const all = typeof found === "string" ? [{ address: found, family: family ?? isIP(found) }] : found;
      const allowed = all.filter(({ address }) => mayConnectTo(address));
      const [first] = allowed;
      if (first === undefined) callback(refused(), "", 0);
      else if (options.all) callback(null, allowed);
      else callback(null, first.address, first.family);
    });
  };
}

/** The connector, for hosts that are addresses too: these are not looked up. */
export function guardConnector(
  connect: buildConnector.connector,
  mayConnectTo: MayConnectTo,
): buildConnector.connector {
  return (options, callback) => {
    const host = options.hostname.replace(/^\[(.*)\]$/, "$1");
    if (isIP(host) !== 0 && !mayConnectTo(host)) callback(refused(), null);
    else connect(options, callback);
  };
}

function refused(): CoalmineError {
  return new CoalmineError(
    "query-rejected",
    "the address leads into a network that the settings do not open to it (this machine, a private network, link-local): " +
      "name a source of the settings, or let the operator write the host itself, or privateNetworks, into `allowedAddresses`",
  );
}
