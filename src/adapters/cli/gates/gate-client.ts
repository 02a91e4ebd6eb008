import {
  type GateDocument,
  type GateWord,
  gateListSchema,
  gateSchema,
} from "../../../analysis/gates/gate-documents.ts";
import type { GateFilter } from "../../../analysis/gates/gates.ts";
import type { CliHost } from "../cli-host.ts";
import { askServer, type NamedServer } from "../server/ask-server.ts";

/** The gates of a server. Both throw CoalmineError as {@link askServer} does. */
export interface GateClient {
  say(word: GateWord): Promise<GateDocument>;
  list(filter: GateFilter): Promise<readonly GateDocument[]>;
}

export function createGateClient(server: NamedServer, host: Pick<CliHost, "fetch">): GateClient {
  const gates = { what: "gates", path: "/v1/gates" };
  return {
    say: (word) => askServer(server, host, gateSchema, { ...gates, body: word }),
    list: async (filter) =>
      (await askServer(server, host, gateListSchema, { ...gates, query: { ...filter } })).gates,
  };
}
