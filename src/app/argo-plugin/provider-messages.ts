/** What the plugin's two threads say to each other. */

/** A call of a provider's method, by number. */
export interface ProviderCall {
  readonly call: number;
  readonly plugin: "metric" | "step";
  readonly method: string;
  readonly args: readonly unknown[];
}

/** The answer to the call of that number. */
export type ProviderAnswer =
  | { readonly call: number; readonly value: unknown }
  | { readonly call: number; readonly error: string };
