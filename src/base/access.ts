/** Who may ask for what. Off unless the settings name tokens or service accounts. */

/**
 * What a caller may do in a namespace: `read` asks what is known and judges
 * without a trace, `write` changes what is there (starts, cancels, opens a gate).
 * Neither holds the other.
 */
export const scopes = ["read", "write"] as const;

export type Scope = (typeof scopes)[number];

/** Somebody who was recognised. The empty namespace is that of sources without namespaces. */
export interface Caller {
  /** As the settings name the token, or Kubernetes the service account; for logs and for "opened by". */
  readonly name: string;
  mayRead(namespace: string): boolean;
  mayWrite(namespace: string): boolean;
  /** Is told that the caller asked for what it may not do; lists that leave out what is another's are no such thing. */
  readonly onRefused?: () => void;
}

/** Recognises callers by what they hold. */
export interface Access {
  /** Whether anything must be held at all. */
  readonly isOn: boolean;
  /**
   * Whoever holds the secret; null if nobody does. Takes as long for a wrong
   * secret as for a right one. Without access control everybody is recognised.
   *
   * @throws CoalmineError source-unavailable if who it is cannot be told now:
   *   nobody is let in by that. invalid-settings if it can never be told as the
   *   server is set up.
   */
  callerOf(secret: string | null): Promise<Caller | null>;
}

/** Who asks where nobody is told apart. */
export const anybody: Caller = { name: "anybody", mayRead: () => true, mayWrite: () => true };

/** Everybody may do everything: for a server that only its own machine reaches. */
export const noAccessControl: Access = { isOn: false, callerOf: () => Promise.resolve(anybody) };
