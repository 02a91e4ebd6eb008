/** Who may ask for what. Off unless the settings name tokens. */

/** Somebody who was recognised. */
export interface Caller {
  /** As the settings name the token; for logs and for "opened by". */
  readonly name: string;
  /** Whether it may speak for a namespace; the empty one is that of sources without namespaces. */
  mayActIn(namespace: string): boolean;
}

/** Recognises callers by what they hold. */
export interface Access {
  /** Whether anything must be held at all. */
  readonly isOn: boolean;
  /**
   * Whoever holds the secret; null if nobody does. Takes as long for a wrong
   * secret as for a right one. Without access control everybody is recognised.
   */
  callerOf(secret: string | null): Caller | null;
}

/** Everybody may do everything: for a server that only its own machine reaches. */
export const noAccessControl: Access = {
  isOn: false,
  callerOf: () => ({ name: "anybody", mayActIn: () => true }),
};
