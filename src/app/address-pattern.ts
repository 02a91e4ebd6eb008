/** Which addresses a spec may name. */

/** One entry of the settings' `allowedAddresses`. */
export interface AddressPattern {
  allows(address: string): boolean;
}

const written = /^(https?):\/\/([a-z0-9.*-]+)(?::(\d{1,5}|\*))?(\/[^?#\s]*)?$/i;

/**
 * Reads a pattern: a URL in which `*` stands for any part of a host name
 * between two dots, or for any port: `http://prometheus.*.svc:9090`. A path allows
 * itself and what is below it. No pattern allows an IPv6 address, which `*` would
 * match whole, nor a path with escapes, which a proxy may read as another path.
 * Null if it is none.
 */
export function readAddressPattern(text: string): AddressPattern | null {
  const [, protocol, host, port, path = "/"] = written.exec(text) ?? [];
  if (protocol === undefined || host === undefined) return null;
  const labels = host.toLowerCase().split(".");
  const folder = path.endsWith("/") ? path : `${path}/`;
  return {
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
