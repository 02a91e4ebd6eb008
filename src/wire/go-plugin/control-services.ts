import { goUint } from "../gob/go-type.ts";
import { emptyStruct } from "../net-rpc/rpc-message.ts";
import type { RpcServices } from "../net-rpc/rpc-method.ts";

/** What the services of the control stream do. */
export interface ControlActions {
  /** Hears that the host is about to end the plugin, before the host has its answer. */
  quit(): void;
  /**
   * Makes a plugin ready and tells the broker's number under which it waits for the host.
   *
   * @throws Error what the host is told.
   */
  dispense(name: string): Promise<number>;
}

/** The services of a connection's first stream (rpc_server.go): is the plugin alive, end it, and give me one of its plugins. */
export function controlServices(actions: ControlActions): RpcServices {
  return {
    Control: {
      Ping: { reply: emptyStruct, handle: () => ({}) },
      Quit: {
        reply: emptyStruct,
        handle: () => {
          actions.quit();
          return {};
        },
      },
    },
    Dispenser: {
      Dispense: {
        reply: goUint,
        handle: (name) => actions.dispense(typeof name === "string" ? name : ""),
      },
    },
  };
}
