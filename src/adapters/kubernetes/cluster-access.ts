/** Where the Kubernetes API is, and what proves who asks. */

/** A secret or a certificate: as it stands, or in a file that is read again for every use, so that it may rotate. */
export type Held =
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "text"; readonly text: string };

/** How to reach one API server. */
export interface ClusterAccess {
  /** An https URL without a path, for instance `https://10.0.0.1:443`. */
  readonly server: string;
  /** PEM of the authorities that sign the server's certificate; null for those that Node knows. */
  readonly authority: Held | null;
  /** Sent as a bearer token; null for none. */
  readonly token: Held | null;
  /** PEM of the client's certificate and key; null for none. */
  readonly certificate: { readonly certificate: Held; readonly key: Held } | null;
  /** Accepts any certificate: for a laboratory. */
  readonly insecure: boolean;
}
