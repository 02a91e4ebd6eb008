/** What Kubernetes holds its names to (RFC 1123): a namespace is a label, an object such as a Canary a subdomain. */
const label = "[a-z0-9](?:[a-z0-9-]*[a-z0-9])?";

/** Up to 63 characters. */
export const dnsLabel = new RegExp(`^(?=.{1,63}$)${label}$`);

/** Of any length; at most {@link mostSubdomainLength} characters make a name. */
export const dnsSubdomain = new RegExp(`^${label}(?:[.]${label})*$`);

export const mostSubdomainLength = 253;
