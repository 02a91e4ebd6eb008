/** A go-plugin host at the other end of a connection, as far as tests need it. */
import type { Duplex } from "node:stream";
import { systemClock } from "../../src/app/system-clock.ts";
import { MuxBroker } from "../../src/wire/go-plugin/mux-broker.ts";
import { goString } from "../../src/wire/gob/go-type.ts";
import { createSession, type Session } from "../../src/wire/yamux/session.ts";
import { RpcClient } from "./rpc-client.ts";

export interface PluginHost {
  readonly session: Session;
  readonly control: RpcClient;
  readonly stdout: Duplex;
  readonly stderr: Duplex;
  readonly broker: MuxBroker;
  /** A client of the plugin's methods. @throws Error what the plugin says. */
  dispense(name: string): Promise<RpcClient>;
}

/** Opens the three streams that a host opens first. */
export function connectHost(socket: Duplex): PluginHost {
  const session = createSession(socket, { role: "client", clock: systemClock, keepaliveIntervalMs: null });
  const ended = new AbortController();
  void session.closed.catch(() => {}).then(() => ended.abort());
  const broker = new MuxBroker(session, systemClock, ended.signal);
  const control = new RpcClient(session.openStream());
  const [stdout, stderr] = [session.openStream(), session.openStream()];
  void receiveAll(session, broker);
  return {
    session,
    control,
    stdout,
    stderr,
    broker,
    async dispense(name) {
      const id = await control.call("Dispenser.Dispense", goString, name);
      return new RpcClient(await broker.dial(Number(id)));
    },
  };
}

async function receiveAll(session: Session, broker: MuxBroker): Promise<void> {
  try {
    for await (const stream of session) void broker.receive(stream);
  } catch {
    // The test that lost the connection sees it elsewhere.
  }
}
