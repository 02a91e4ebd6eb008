/** Which stream ids are drawn, and which may come (spec.md, "StreamID Field"): odd ones from the client, even ones from the server, each once. */
import { CoalmineError } from "../../base/errors.ts";
import { maxUint32 } from "./frame.ts";
import { protocolViolation } from "./protocol-violation.ts";

/** Which end of the connection this is: the client's ids are odd, the server's even. Either may open streams. */
export type Role = "client" | "server";

const firstId: Record<Role, number> = { client: 1, server: 2 };

/** The ids of the streams we open: in order, never one twice. */
export class OwnIds {
  #next: number;

  /** @param first Where to begin; for another than the role's first id it must have the same parity. */
  constructor(role: Role, first: number = firstId[role]) {
    this.#next = first;
  }

  /** @throws CoalmineError too-large when all are used: only a new session has more. */
  draw(): number {
    if (this.#next > maxUint32) {
      throw new CoalmineError(
        "too-large",
        "yamux: a stream wanted, but all 2^31 ids of this session are used: open a new session",
      );
    }
    const id = this.#next;
    this.#next += 2;
    return id;
  }
}

/**
 * The most ids remembered that were jumped over. A Go peer draws an id before it
 * sends the SYN, so those of concurrent opens arrive out of order; it has at
 * most 256 of them under way.
 */
const maxSkipped = 1_024;

/** The ids of the streams that the peer opened, in memory that does not grow with their number. */
export class PeerIds {
  readonly #first: number;
  #next: number;
  readonly #skipped = new Set<number>();

  /** @param role Our own. */
  constructor(role: Role) {
    this.#first = firstId[role === "client" ? "server" : "client"];
    this.#next = this.#first;
  }

  /**
   * Marks an id as used.
   *
   * @throws CoalmineError invalid-request if it is one of ours, or was used
   *   before (or is further back than the last 1,024 that were jumped over).
   */
  use(id: number): void {
    if (id % 2 !== this.#first % 2) {
      const parity = this.#first === 1 ? "odd" : "even";
      throw protocolViolation(`an ${parity} id for a stream that the peer opens wanted, ${id} met`);
    }
    if (id < this.#next) {
      if (!this.#skipped.delete(id)) throw protocolViolation(`a new stream id wanted, ${id} was used before`);
      return;
    }
    for (let skipped = Math.max(this.#next, id - 2 * maxSkipped); skipped < id; skipped += 2) {
      this.#skipped.add(skipped);
    }
    for (const oldest of this.#skipped) {
      if (this.#skipped.size <= maxSkipped) break;
      this.#skipped.delete(oldest);
    }
    this.#next = id + 2;
  }
}
