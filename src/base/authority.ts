/** A host and a port as URLs and dial targets write them: an IPv6 address in brackets (RFC 3986 §3.2.2). */
export function authority({ host, port }: { readonly host: string; readonly port: number | string }): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}
