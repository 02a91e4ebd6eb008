import { CoalmineError } from "../../base/errors.ts";
import { AcceptQueue } from "./accept-queue.ts";
import { type Frame, frameFlag, hasFlag } from "./frame.ts";
import type { Outbox } from "./outbox.ts";
import { protocolViolation } from "./protocol-violation.ts";
import type { SessionLimits } from "./session-options.ts";
import { OwnIds, PeerIds, type Role } from "./stream-ids.ts";
import { SessionStream } from "./yamux-stream.ts";

/** The streams of one session that are not over: opens them, accepts them, and gives each the frames that are for it. */
export class StreamTable {
  readonly #outbox: Outbox;
  readonly #limits: SessionLimits;
  readonly #ownIds: OwnIds;
  readonly #peerIds: PeerIds;
  readonly #streams = new Map<number, SessionStream>();
  /** Ours that the peer has not accepted yet. */
  readonly #unaccepted = new Set<number>();
  readonly #arrived: AcceptQueue<SessionStream>;
  #isPeerLeaving = false;
  #isRefusing = false;

  constructor(options: { readonly role: Role; readonly outbox: Outbox; readonly limits: SessionLimits }) {
    this.#outbox = options.outbox;
    this.#limits = options.limits;
    this.#ownIds = new OwnIds(options.role);
    this.#peerIds = new PeerIds(options.role);
    this.#arrived = new AcceptQueue(options.limits.acceptBacklog);
  }

  /**
   * Opens a stream. It may be written to at once.
   *
   * @throws CoalmineError source-unavailable if the peer said that it takes no
   *   more, too-large if there are too many streams, or too many that the peer has yet to accept.
   */
  open(): SessionStream {
    if (this.#isPeerLeaving) {
      throw new CoalmineError("source-unavailable", "yamux: a stream wanted, but the peer takes no more");
    }
    this.#limit("streams", this.#streams.size, this.#limits.maxStreams);
    // Go's peers have a backlog of the same size as their own and would reset what is over it.
    this.#limit("streams not yet accepted", this.#unaccepted.size, this.#limits.acceptBacklog);
    const stream = this.#add(this.#ownIds.draw());
    this.#unaccepted.add(stream.id);
    stream.begin("opening");
    return stream;
  }

  /** The next stream that the peer opened and that is still there; null if no more will come. */
  async accept(): Promise<SessionStream | null> {
    let stream = await this.#arrived.take();
    while (stream?.destroyed) stream = await this.#arrived.take();
    stream?.acknowledge();
    return stream;
  }

  /**
   * Takes a data or window update frame. One for a stream that is over, or
   * never was, is dropped, as the Go code does: it was under way when the stream ended.
   *
   * @throws CoalmineError invalid-request if it breaks the protocol.
   */
  receive(frame: Frame): void {
    if (hasFlag(frame, "syn")) this.#arrive(frame.streamId);
    if (hasFlag(frame, "ack")) this.#unaccepted.delete(frame.streamId);
    this.#streams.get(frame.streamId)?.receive(frame);
  }

  /** Refuses what the peer opens from now on. */
  refuse(): void {
    this.#isRefusing = true;
  }

  /** Whether the peer has taken its leave and no stream is in use: nothing is lost with the connection. */
  get isDone(): boolean {
    return this.#isPeerLeaving && this.#streams.size === 0;
  }

  /** The peer has said that it takes no more streams. */
  peerLeaves(): void {
    this.#isPeerLeaving = true;
  }

  /**
   * Ends all streams.
   *
   * @param error For the streams that were in use.
   * @param acceptError For those who wait to accept one; null tells them that none will come.
   */
  end(error: CoalmineError, acceptError: CoalmineError | null): void {
    const streams = [...this.#streams.values()];
    this.#streams.clear();
    this.#arrived.end(acceptError);
    for (const stream of streams) stream.endWithSession(error);
  }

  #arrive(id: number): void {
    if (this.#streams.has(id)) throw protocolViolation(`a new stream id wanted, ${id} is in use`);
    this.#peerIds.use(id);
    const hasRoom = this.#arrived.hasRoom && this.#streams.size < this.#limits.maxStreams;
    if (this.#isRefusing || !hasRoom) {
      this.#outbox.send({ type: "windowUpdate", flags: frameFlag.rst, streamId: id, length: 0 });
      return;
    }
    const stream = this.#add(id);
    stream.begin("arriving");
    this.#arrived.put(stream);
  }

  #add(id: number): SessionStream {
    const onOver = () => {
      this.#streams.delete(id);
      this.#unaccepted.delete(id);
    };
    const stream = new SessionStream({ id, outbox: this.#outbox, onOver });
    this.#streams.set(id, stream);
    return stream;
  }

  #limit(what: string, met: number, limit: number): void {
    if (met < limit) return;
    throw new CoalmineError("too-large", `yamux: at most ${limit} ${what} wanted, one more asked for`);
  }
}
