/**
 * How much a sender may make a {@link GobDecoder} do. doc.go of encoding/gob
 * says of Go's own decoder that its limits are not configurable and that it is
 * not hardened against adversaries; here each limit is one number.
 */
export interface GobLimits {
  /** Bytes of one message, and of all the messages that one value is spread over; at least 1. */
  readonly maxMessageBytes: number;
  /** How deep structs, arrays, slices, maps and interface values may nest; at least 1. */
  readonly maxDepth: number;
  /** Types a stream may define; at least 0. */
  readonly maxTypes: number;
  /** Bytes of all type definitions of a stream together, which bounds their names and fields; at least 0. A definition is read in one go. */
  readonly maxDefinitionBytes: number;
  /** Values within one value, itself, keys and elements included; bounds the memory it takes; at least 1. */
  readonly maxNodes: number;
}

/**
 * A Rollout or an AnalysisRun of Argo is 1.5 MiB at most (etcd's limit), nests
 * 30 deep, has some 300 types of 40 KiB together and some 50,000 nodes.
 */
export const defaultGobLimits: GobLimits = {
  maxMessageBytes: 64 * 1024 * 1024,
  maxDepth: 200,
  maxTypes: 4_096,
  maxDefinitionBytes: 128 * 1024,
  maxNodes: 1_000_000,
};
