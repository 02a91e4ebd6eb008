import { describe, expect, it } from "vitest";
import { initialWindowBytes, ReceiveWindow, SendWindow } from "../../../src/wire/yamux/flow-windows.ts";

describe("ReceiveWindow", () => {
  it("lets the peer send 256 KiB and not a byte more", () => {
    const window = new ReceiveWindow();
    window.receive(262_143);
    window.receive(1);
    expect(() => window.receive(1)).toThrow("at most the 0 bytes that the window has open wanted, 1 met");
  });

  it("is widened by what was read, once that is half of it", () => {
    const window = new ReceiveWindow();
    window.receive(initialWindowBytes);
    expect(window.read(131_071)).toBe(0);
    expect(window.read(1)).toBe(131_072);
    expect(window.read(100)).toBe(0);
    window.receive(131_072);
    expect(() => window.receive(1)).toThrow("0 bytes that the window has open");
    expect(window.read(131_072)).toBe(131_172);
  });
});

describe("SendWindow", () => {
  it("starts at 256 KiB, shrinks by what is sent and grows by updates", () => {
    const window = new SendWindow();
    window.send(262_144);
    expect(window.openBytes).toBe(0);
    window.widen(7);
    expect(window.openBytes).toBe(7);
  });

  it("refuses to grow past what a length can say", () => {
    const window = new SendWindow();
    window.widen(0xffffffff - 262_144);
    expect(window.openBytes).toBe(0xffffffff);
    expect(() => window.widen(1)).toThrow(
      "a window of at most 4294967295 bytes wanted, 4294967295 widened by 1",
    );
  });
});
