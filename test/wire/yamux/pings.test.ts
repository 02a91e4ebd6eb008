import { describe, expect, it } from "vitest";
import { connectRaw, pingFrame, pongFrame } from "./raw-peer.ts";

describe("ping", () => {
  it("is answered at once with the value it carries", async () => {
    const peer = connectRaw();
    peer.send(pingFrame(0), pingFrame(0xffffffff));
    expect([await peer.next(), await peer.next()]).toEqual(["ping ack 0", "ping ack 4294967295"]);
  });

  it("tells how long its own answer took, whatever the order of the answers", async () => {
    const peer = connectRaw();
    const [first, second] = [peer.session.ping(), peer.session.ping()];
    expect([await peer.next(), await peer.next()]).toEqual(["ping syn 0", "ping syn 1"]);
    peer.clock.set(7);
    peer.send(pongFrame(1));
    expect(await second).toBe(7);
    peer.clock.set(12);
    peer.send(pongFrame(0));
    expect(await first).toBe(12);
  });

  it("is never answered in less than no time, though the clock be set back", async () => {
    const peer = connectRaw();
    const pinged = peer.session.ping();
    peer.clock.set(-5_000);
    peer.send(pongFrame(0));
    expect(await pinged).toBe(0);
  });

  it("fails after the timeout and leaves the session in use; a late answer is dropped", async () => {
    const peer = connectRaw({ pingTimeoutMs: 1_500 });
    const pinged = peer.session.ping();
    pinged.catch(() => {});
    await peer.clock.reach(1_500);
    await expect(pinged).rejects.toThrow(
      expect.objectContaining({
        code: "source-unavailable",
        message: "yamux: an answer to a ping within 1s500ms wanted, none met",
      }),
    );
    peer.send(pongFrame(0));
    expect(await peer.rest()).toEqual(["ping syn 0"]);
  });

  it("takes an answer that is there, though the process was too busy to read it in time", async () => {
    const peer = connectRaw();
    const pinged = peer.session.ping();
    await peer.next();
    // In this order the timer is over before the answer is read.
    peer.clock.set(11_000);
    peer.send(pongFrame(0));
    expect(await pinged).toBe(11_000);
  });

  it("ends with the session", async () => {
    const peer = connectRaw();
    const pinged = peer.session.ping();
    pinged.catch(() => {});
    peer.hangUp();
    await expect(pinged).rejects.toThrow("a session wanted, but it has ended");
    await expect(peer.session.ping()).rejects.toMatchObject({ code: "source-unavailable" });
  });
});

describe("keepalive", () => {
  it("pings every 30 s after the last answer", async () => {
    const peer = connectRaw({ keepaliveIntervalMs: 30_000 });
    await peer.clock.reach(30_000);
    expect(await peer.next()).toBe("ping syn 0");
    peer.clock.set(34_000);
    peer.send(pongFrame(0));
    await peer.clock.reach(64_000);
    expect(await peer.next()).toBe("ping syn 1");
  });

  it("is on by default", async () => {
    const peer = connectRaw({ keepaliveIntervalMs: undefined! });
    await peer.clock.reach(30_000);
    expect(await peer.next()).toBe("ping syn 0");
  });

  it("ends the session when there is no answer for 10 s", async () => {
    const peer = connectRaw({ keepaliveIntervalMs: 30_000 });
    const stream = peer.session.openStream();
    await peer.clock.reach(30_000);
    await peer.clock.reach(40_000);
    await expect(peer.session.closed).rejects.toThrow(
      expect.objectContaining({
        code: "source-unavailable",
        message: "yamux: an answer to a ping within 10s wanted, none met",
      }),
    );
    expect(peer.ours.destroyed).toBe(true);
    expect(stream.errored).toMatchObject({ code: "source-unavailable" });
  });

  it("stops with the session", async () => {
    const peer = connectRaw({ keepaliveIntervalMs: 30_000 });
    peer.hangUp();
    await peer.session.closed;
    peer.clock.set(100_000);
    await new Promise(setImmediate);
    expect(peer.socket.read()).toBeNull();
  });
});
