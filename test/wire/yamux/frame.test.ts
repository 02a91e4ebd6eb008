import { describe, expect, it } from "vitest";
import { decodeHeader, encodeHeader, hasFlag } from "../../../src/wire/yamux/frame.ts";

/** Headers and their bytes, written by hand from spec.md of hashicorp/yamux. */
const written = [
  {
    name: "the opening of stream 1",
    header: { type: "windowUpdate", flags: 1, streamId: 1, length: 0 },
    hex: "000100010000000100000000",
  },
  {
    name: "5 bytes on stream 3",
    header: { type: "data", flags: 0, streamId: 3, length: 5 },
    hex: "000000000000000300000005",
  },
  {
    name: "an answer to a ping",
    header: { type: "ping", flags: 2, streamId: 0, length: 7 },
    hex: "000200020000000000000007",
  },
  {
    name: "a go-away for an internal error",
    header: { type: "goAway", flags: 0, streamId: 0, length: 2 },
    hex: "000300000000000000000002",
  },
  {
    name: "the largest of everything",
    header: { type: "windowUpdate", flags: 0xffff, streamId: 0xffffffff, length: 0xffffffff },
    hex: "0001ffffffffffffffffffff",
  },
] as const;

describe("frame header", () => {
  it.each(written)("writes $name", ({ header, hex }) => {
    expect(Buffer.from(encodeHeader(header)).toString("hex")).toBe(hex);
  });

  it.each(written)("reads $name", ({ header, hex }) => {
    expect(decodeHeader(Buffer.from(hex, "hex"))).toEqual(header);
  });

  it.each([
    ["another version", "010100010000000100000000", "version 0 wanted, 1 met"],
    ["an unknown type", "000400000000000100000000", "frame type from 0 to 3 wanted, 4 met"],
    ["data on the session", "000000000000000000000001", "a data frame is for a stream, not 0, stream 0 met"],
    ["a ping on a stream", "000200010000000500000001", "a ping frame is for the session, stream 0, stream 5"],
    ["a go-away on a stream", "000300000000000200000000", "a goAway frame is for the session"],
  ])("refuses %s", (_, hex, message) => {
    expect(() => decodeHeader(Buffer.from(hex, "hex"))).toThrow(
      expect.objectContaining({ code: "invalid-request", message: expect.stringContaining(message) }),
    );
  });

  it("tells flags apart", () => {
    const header = { type: "data", flags: 4 + 2, streamId: 1, length: 0 } as const;
    const carried = (["syn", "ack", "fin", "rst"] as const).filter((flag) => hasFlag(header, flag));
    expect(carried).toEqual(["ack", "fin"]);
  });
});
