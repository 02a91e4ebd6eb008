/** Ports for servers that have to be told theirs before they start, and keep it over their restarts. */
import { randomInt } from "node:crypto";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer } from "node:net";

/**
 * From here up the kernel hands out ports by itself, to whoever asks for any port or connects to somebody, so that
 * one found free there may be gone before its server starts. Below the first are those of well-known services.
 */
const range = [20_000, 32_768] as const;

/**
 * A port of 127.0.0.1 that nobody listens on, and that no other test is given while this process lives: it is taken
 * for UDP, which the kernel undoes when the process ends, however it does.
 *
 * @throws Error if no port is left.
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 1_000; tries++) {
    const port = randomInt(...range);
    if ((await reserve(port)) && (await isFree(port))) return port;
  }
  throw new Error(`no port of 127.0.0.1 from ${range[0]} to ${range[1] - 1} is free`);
}

async function reserve(port: number): Promise<boolean> {
  const socket = createSocket("udp4").unref();
  try {
    const bound = once(socket, "listening");
    socket.bind({ address: "127.0.0.1", port, exclusive: true });
    await bound;
    return true;
  } catch {
    socket.close();
    return false;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    const listening = once(server, "listening");
    server.listen({ host: "127.0.0.1", port, exclusive: true });
    await listening;
  } catch {
    return false;
  }
  server.close();
  await once(server, "close");
  return true;
}
