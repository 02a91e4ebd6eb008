import { expect, it } from "vitest";
import { isLoopback } from "../../../src/app/access/loopback.ts";

it.each(["127.0.0.1", "127.8.9.10", "::1", "0:0:0:0:0:0:0:1", "::ffff:127.0.0.1", "localhost", "LocalHost"])(
  "counts %s as this machine only",
  (host) => expect(isLoopback(host)).toBe(true),
);

it.each(["0.0.0.0", "::", "10.0.0.1", "128.0.0.1", "::2", "localhost.example", "coalmine", ""])(
  "counts %j as reachable by others",
  (host) => expect(isLoopback(host)).toBe(false),
);
