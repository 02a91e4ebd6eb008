/** Reads google.rpc.Status out of a call's trailers. */
import type { ServiceError } from "@grpc/grpc-js";
import { fromJSON } from "@grpc/proto-loader";

/** A failed call as a test looks at it. */
export interface ReadFailure {
  readonly code: number;
  readonly message: string;
  /** By the last word of their type, for instance `ErrorInfo`. */
  readonly details: Readonly<Record<string, unknown>>;
  /** Bytes of the trailers that hold them, as they go over the wire. */
  readonly trailerBytes: number;
}

const text = (id: number) => ({ type: "string", id });
const types = fromJSON(
  {
    nested: {
      Status: {
        fields: {
          code: { type: "int32", id: 1 },
          message: text(2),
          details: { rule: "repeated", type: "Any", id: 3 },
        },
      },
      Any: { fields: { url: text(1), value: { type: "bytes", id: 2 } } },
      ErrorInfo: {
        fields: { reason: text(1), domain: text(2), metadata: { rule: "repeated", type: "Entry", id: 3 } },
      },
      Entry: { fields: { key: text(1), value: text(2) } },
      BadRequest: { fields: { fieldViolations: { rule: "repeated", type: "Violation", id: 1 } } },
      Violation: { fields: { field: text(1), description: text(2) } },
      RetryInfo: { fields: { retryDelay: { type: "Duration", id: 1 } } },
      Duration: { fields: { seconds: { type: "int64", id: 1 } } },
    },
  },
  { longs: Number },
);

interface StatusMessage {
  readonly code: number;
  readonly message: string;
  readonly details: readonly { readonly url: string; readonly value: Buffer }[];
}

/** @throws Error if its Status does not say what the call says. */
export function readFailure({ code, details: message, metadata }: ServiceError): ReadFailure {
  const [sent] = metadata.get("grpc-status-details-bin");
  if (!Buffer.isBuffer(sent)) return { code, message, details: {}, trailerBytes: 0 };
  const status = read("Status", sent) as StatusMessage;
  if (status.code !== code || status.message !== message) throw new Error("two statuses");
  const details = status.details.map(({ url, value }) => {
    const name = url.slice(url.lastIndexOf(".") + 1);
    return [name, read(name, value)] as const;
  });
  const trailerBytes = encodeURI(message).length + sent.toString("base64").length;
  return { code, message, details: Object.fromEntries(details), trailerBytes };
}

function read(name: string, bytes: Buffer): unknown {
  const type = types[name];
  if (type === undefined || !("deserialize" in type) || typeof type.deserialize !== "function") {
    throw new Error(`no type ${name}`);
  }
  return type.deserialize(bytes);
}
