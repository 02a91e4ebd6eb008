import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { OwnIds, PeerIds } from "../../../src/wire/yamux/stream-ids.ts";

describe("OwnIds", () => {
  it.each([
    ["client", [1, 3, 5]],
    ["server", [2, 4, 6]],
  ] as const)("draws those of the %s in order", (role, wanted) => {
    const ids = new OwnIds(role);
    expect(wanted.map(() => ids.draw())).toEqual(wanted);
  });

  it.each([
    ["client", 0xfffffffd, [0xfffffffd, 0xffffffff]],
    ["server", 0xfffffffc, [0xfffffffc, 0xfffffffe]],
  ] as const)("says when the %s has none left", (role, first, last) => {
    const ids = new OwnIds(role, first);
    expect(last.map(() => ids.draw())).toEqual(last);
    expect(() => ids.draw()).toThrow(expect.objectContaining({ code: "too-large" }));
  });
});

describe("PeerIds", () => {
  it("wants even ids of a server and odd ones of a client", () => {
    expect(() => new PeerIds("client").use(3)).toThrow(
      "an even id for a stream that the peer opens wanted, 3 met",
    );
    expect(() => new PeerIds("server").use(2)).toThrow(
      "an odd id for a stream that the peer opens wanted, 2 met",
    );
  });

  it("takes each id once, in whatever order they come", () => {
    const order = fc.shuffledSubarray(
      Array.from({ length: 60 }, (_, place) => 2 * place + 1),
      { minLength: 1 },
    );
    fc.assert(
      fc.property(order, (ids) => {
        const peer = new PeerIds("server");
        for (const id of ids) peer.use(id);
        for (const id of ids)
          expect(() => peer.use(id)).toThrow(`a new stream id wanted, ${id} was used before`);
      }),
      { seed: 1 },
    );
  });

  it("takes a jump over any number of ids, and remembers the last 1,024 jumped over", () => {
    const peer = new PeerIds("client");
    peer.use(0xfffffffe);
    peer.use(0xfffffffe - 2 * 1_024);
    expect(() => peer.use(0xfffffffe - 2 * 1_025)).toThrow("was used before");
    expect(() => peer.use(2)).toThrow("was used before");
  });

  it("forgets the oldest id jumped over when there are too many", () => {
    const peer = new PeerIds("server");
    for (let jump = 1; jump <= 1_025; jump++) peer.use(4 * jump - 1);
    expect(() => peer.use(1)).toThrow("was used before");
    peer.use(5);
    expect(() => peer.use(5)).toThrow("was used before");
  });
});
