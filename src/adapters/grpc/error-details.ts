/** google.rpc.Status and its details, as `grpc-status-details-bin` has them. */
import { fromJSON } from "@grpc/proto-loader";
import type { Problem } from "../../base/errors.ts";
import { clipped } from "./clipped.ts";
import type { Failure } from "./grpc-status.ts";

/** What is told of a failure that may be over after a while; Retry-After of HTTP says the same. */
const retryAfterSeconds = 5;

/**
 * Clients of gRPC's C core (Python, Ruby, C++) drop a call whose trailers are over
 * 8 KiB, message and details together. The message takes one, base64 adds a third.
 */
const maxProblemBytes = 3_000;

/** The messages that are sent, by their numbers in google/rpc/{status,error_details}.proto of googleapis. */
const messages = fromJSON(
  {
    nested: {
      google: {
        nested: {
          rpc: {
            nested: {
              Status: {
                fields: {
                  code: { type: "int32", id: 1 },
                  message: { type: "string", id: 2 },
                  details: { rule: "repeated", type: "Detail", id: 3 },
                },
              },
              // google.protobuf.Any, by the numbers of any.proto.
              Detail: {
                fields: { typeUrl: { type: "string", id: 1 }, value: { type: "bytes", id: 2 } },
              },
              ErrorInfo: {
                fields: {
                  reason: { type: "string", id: 1 },
                  domain: { type: "string", id: 2 },
                  metadata: { rule: "repeated", type: "Entry", id: 3 },
                },
              },
              // A map, as it is on the wire.
              Entry: { fields: { key: { type: "string", id: 1 }, value: { type: "string", id: 2 } } },
              RetryInfo: { fields: { retryDelay: { type: "Duration", id: 1 } } },
              // google.protobuf.Duration, by the numbers of duration.proto.
              Duration: { fields: { seconds: { type: "int64", id: 1 } } },
              BadRequest: {
                fields: { fieldViolations: { rule: "repeated", type: "FieldViolation", id: 1 } },
              },
              FieldViolation: {
                fields: { field: { type: "string", id: 1 }, description: { type: "string", id: 2 } },
              },
            },
          },
        },
      },
    },
  },
  {},
);

/**
 * A failure as google.rpc.Status: always with an ErrorInfo, whose metadata has
 * the code as the other protocols say it; a BadRequest where problems are known,
 * as many as fit; a RetryInfo where asking again may help.
 */
export function encodeStatus({ status, code, message, problems }: Failure): Buffer {
  const reason = code.toUpperCase().replaceAll("-", "_");
  const details = [
    detail("ErrorInfo", { reason, domain: "coalmine", metadata: [{ key: "code", value: code }] }),
  ];
  if (problems.length > 0) details.push(detail("BadRequest", { fieldViolations: violations(problems) }));
  if (code === "source-unavailable") {
    details.push(detail("RetryInfo", { retryDelay: { seconds: retryAfterSeconds } }));
  }
  return encode("Status", { code: status, message, details });
}

function detail(name: string, message: object) {
  return { typeUrl: `type.googleapis.com/google.rpc.${name}`, value: encode(name, message) };
}

function encode(name: string, message: object): Buffer {
  const type = messages[`google.rpc.${name}`];
  if (type === undefined || !("serialize" in type) || typeof type.serialize !== "function") {
    throw new TypeError(`no message google.rpc.${name}`);
  }
  return type.serialize(message);
}

/** Each one clipped, and those that do not fit counted in a last one. */
function violations(problems: readonly Problem[]) {
  const told: { readonly field: string; readonly description: string }[] = [];
  let bytes = 0;
  for (const [index, { path, message }] of problems.entries()) {
    const violation = { field: clipped(path, 300), description: clipped(message, 900) };
    bytes += Buffer.byteLength(violation.field) + Buffer.byteLength(violation.description) + 10;
    if (bytes > maxProblemBytes) {
      return [...told, { field: "", description: `and ${problems.length - index} more problems` }];
    }
    told.push(violation);
  }
  return told;
}
