import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { type Listener, listen } from "../../../src/wire/go-plugin/listen.ts";
import { freePort } from "../../servers/free-port.ts";

async function listening(network: "unix" | "tcp", env: NodeJS.ProcessEnv) {
  const { promise, resolve } = Promise.withResolvers<Socket>();
  const listener = await listen(network, env, (socket) => {
    onTestFinished(() => void socket.destroy());
    resolve(socket);
  });
  onTestFinished(() => listener.close());
  return { listener, connected: promise };
}

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "listen-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

async function greeting(listener: Listener, connected: Promise<Socket>): Promise<string> {
  const [host = "", port = ""] = listener.address.split(":");
  const socket = listener.network === "unix" ? connect(listener.address) : connect(Number(port), host);
  onTestFinished(() => void socket.destroy());
  (await connected).write("hello");
  return new Promise((resolve) => socket.once("data", (data) => resolve(data.toString())));
}

describe("on a unix socket", () => {
  it("makes a file in the folder the host names that only its owner may use", async () => {
    const dir = folder();
    const { listener, connected } = await listening("unix", { PLUGIN_UNIX_SOCKET_DIR: dir });
    expect(listener.address.startsWith(join(dir, "plugin"))).toBe(true);
    expect(statSync(listener.address).isSocket()).toBe(true);
    expect(statSync(listener.address).mode & 0o777).toBe(0o600);
    expect(await greeting(listener, connected)).toBe("hello");
  });

  it("makes it in the folder for temporary files if the host names none", async () => {
    const { listener } = await listening("unix", { PLUGIN_UNIX_SOCKET_DIR: "" });
    expect(listener.address.startsWith(join(tmpdir(), "plugin"))).toBe(true);
  });

  it("makes another file each time", async () => {
    const env = { PLUGIN_UNIX_SOCKET_DIR: folder() };
    const [first, second] = [await listening("unix", env), await listening("unix", env)];
    expect(first.listener.address).not.toBe(second.listener.address);
  });

  it("removes the file when it closes, and a second close is no harm", async () => {
    const { listener } = await listening("unix", { PLUGIN_UNIX_SOCKET_DIR: folder() });
    listener.close();
    listener.close();
    expect(existsSync(listener.address)).toBe(false);
  });

  it("lets a group in that the host names by its id", async () => {
    const gid = process.getgid?.() ?? 0;
    const env = { PLUGIN_UNIX_SOCKET_DIR: folder(), PLUGIN_UNIX_SOCKET_GROUP: String(gid) };
    const { listener } = await listening("unix", env);
    expect(statSync(listener.address).mode & 0o777).toBe(0o660);
    expect(statSync(listener.address).gid).toBe(gid);
  });

  it("refuses a group by name, and leaves no file", async () => {
    const dir = folder();
    const env = { PLUGIN_UNIX_SOCKET_DIR: dir, PLUGIN_UNIX_SOCKET_GROUP: "staff" };
    await expect(listen("unix", env, () => {})).rejects.toThrow('a group id wanted, "staff" met');
    expect(readdirSync(dir)).toEqual([]);
  });

  it("says so if there is no such folder", async () => {
    const env = { PLUGIN_UNIX_SOCKET_DIR: join(folder(), "missing") };
    await expect(listen("unix", env, () => {})).rejects.toMatchObject({
      code: "source-unavailable",
      message: expect.stringContaining("cannot listen for the host"),
    });
  });
});

describe("on TCP", () => {
  it("takes the first port of the range that is free", async () => {
    const port = await freePort();
    const env = { PLUGIN_MIN_PORT: String(port), PLUGIN_MAX_PORT: String(port + 5) };
    const first = await listening("tcp", env);
    expect(first.listener.address).toBe(`127.0.0.1:${port}`);
    expect(await greeting(first.listener, first.connected)).toBe("hello");
    const second = await listening("tcp", env);
    expect(Number(second.listener.address.split(":")[1])).toBeGreaterThan(port);
  });

  it("takes any port if the host names none", async () => {
    const { listener } = await listening("tcp", {});
    expect(listener.address).toMatch(/^127[.]0[.]0[.]1:[1-9]\d+$/);
  });

  it("says so if none of the range is free", async () => {
    const { listener } = await listening("tcp", {});
    const port = listener.address.split(":")[1] ?? "";
    const env = { PLUGIN_MIN_PORT: port, PLUGIN_MAX_PORT: port };
    await expect(listen("tcp", env, () => {})).rejects.toThrow(`PLUGIN_MIN_PORT=${port}`);
  });

  it.each(["x", "70000", "-1", "1.5"])("refuses the port %s", async (port) => {
    await expect(listen("tcp", { PLUGIN_MIN_PORT: port }, () => {})).rejects.toThrow(
      "a port from 0 to 65535",
    );
  });
});
