import { describe, expect, it } from "vitest";
import {
  isOver,
  nextStreamState,
  type StreamEvent,
  type StreamState,
  streamEvents,
  streamStates,
} from "../../../src/wire/yamux/stream-state.ts";

/** The table again, drawn: a column a event in the order of the list, a dash where it breaks the protocol. */
const drawn = `
               synSent  synReceived  ackSent       ackReceived   finSent      finReceived   rstSent  rstReceived
idle           opening  arriving     -             -             -            -             -        -
opening        -        -            -             open          localClosed  remoteClosed  reset    reset
arriving       -        -            open          -             -            remoteClosed  reset    reset
open           -        -            -             open          localClosed  remoteClosed  reset    reset
localClosed    -        -            -             localClosed   -            closed        reset    reset
remoteClosed   -        -            remoteClosed  remoteClosed  closed       -             reset    reset
closed         -        -            -             -             -            -             -        -
reset          -        -            -             -             -            -             -        -
`;
const [events = [], ...rows] = drawn
  .trim()
  .split("\n")
  .map((line) => line.trim().split(/ +/));

function reached(state: StreamState, event: StreamEvent): string {
  try {
    return nextStreamState(state, event);
  } catch {
    return "-";
  }
}

describe("nextStreamState", () => {
  it("is drawn for every state and event", () => {
    expect(events).toEqual(streamEvents);
    expect(rows.map(([state]) => state)).toEqual(streamStates);
  });

  it.each(streamStates)("leads where the drawing says from %s", (state) => {
    const row = rows.find(([name]) => name === state);
    expect(streamEvents.map((event) => reached(state, event))).toEqual(row?.slice(1));
  });

  it("says what was wanted and met", () => {
    expect(() => nextStreamState("localClosed", "finSent")).toThrow(
      "a stream that is localClosed wants ackReceived, finReceived, rstSent, rstReceived; finSent met",
    );
    expect(() => nextStreamState("closed", "finReceived")).toThrow(
      "a stream that is closed wants nothing; finReceived met",
    );
  });
});

describe("isOver", () => {
  it("holds of the states without a way out", () => {
    const stuck = rows.filter(([, ...cells]) => cells.every((cell) => cell === "-")).map(([state]) => state);
    expect(streamStates.filter(isOver)).toEqual(stuck);
  });
});
