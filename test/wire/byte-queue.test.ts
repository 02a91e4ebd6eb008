import fc from "fast-check";
import { expect, it } from "vitest";
import { ByteQueue } from "../../src/wire/byte-queue.ts";

it("gives back what was appended, in order, whatever the pieces", () => {
  const appended = fc.record({
    append: fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.uint8Array({ minLength: 4_000, maxLength: 9_000 })),
    takeShare: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  fc.assert(
    fc.property(fc.array(appended, { maxLength: 40 }), (steps) => {
      const queue = new ByteQueue();
      let model = Buffer.alloc(0);
      for (const { append, takeShare } of steps) {
        queue.append(append);
        model = Buffer.concat([model, append]);
        const count = Math.floor(model.length * takeShare);
        expect(Buffer.from(queue.take(count))).toEqual(model.subarray(0, count));
        model = model.subarray(count);
        expect(queue.length).toBe(model.length);
      }
    }),
  );
});

it("shares no memory with what it was given or gave", () => {
  const queue = new ByteQueue();
  const given = Uint8Array.of(1, 2, 3);
  queue.append(given);
  given.fill(9);
  const first = queue.take(2);
  expect(first).toEqual(Uint8Array.of(1, 2));
  first.fill(9);
  queue.append(Uint8Array.of(4, 5, 6, 7));
  expect(first).toEqual(Uint8Array.of(9, 9));
  expect(queue.take(5)).toEqual(Uint8Array.of(3, 4, 5, 6, 7));
});

it("refuses to give more than it holds", () => {
  const queue = new ByteQueue();
  queue.append(Uint8Array.of(1, 2));
  expect(() => queue.take(3)).toThrow(new RangeError("3 bytes wanted, 2 held"));
});

it("is empty after it was cleared", () => {
  const queue = new ByteQueue();
  queue.append(new Uint8Array(100_000));
  queue.clear();
  expect(queue.length).toBe(0);
  queue.append(Uint8Array.of(5));
  expect(queue.take(1)).toEqual(Uint8Array.of(5));
});
