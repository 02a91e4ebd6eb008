/** `coalmine audit list`: who changed what on a server. */
import { type Command, InvalidArgumentError } from "commander";
import { auditPageSchema } from "../../../analysis/audit/audit-documents.ts";
import type { CliHost } from "../cli-host.ts";
import { askServer } from "../server/ask-server.ts";
import { namedServer, type OutputFlags, withServer } from "../server/named-server.ts";
import { auditTable } from "./audit-table.ts";

interface ListFlags extends OutputFlags {
  readonly namespace?: string;
  readonly limit: string;
  readonly before?: string;
}

const examples = `
  $ coalmine audit list --namespace shop
  $ coalmine audit list --limit 1000 --before 5123 --output json

Exit codes: 0 listed, 64 refused or bad input, 69 the server is away, 70 internal error.`;

export function addAuditCommand(program: Command, host: CliHost): void {
  const list = program
    .command("audit")
    .description("tell who started and cancelled analyses and opened and closed gates")
    .command("list");
  withServer(list)
    .description("list the entries of the audit, newest first")
    .option("--namespace <namespace>", "of one namespace; of all that you may read if left out")
    .option("--limit <count>", "at most so many, up to 1000", readWhole, "100")
    .option("--before <id>", "older than this entry, as the end of a list names it", readWhole)
    .addHelpText("after", examples)
    .action(async ({ namespace, limit, before, ...flags }: ListFlags) => {
      const query = {
        ...(namespace === undefined ? {} : { namespace }),
        ...(before === undefined ? {} : { before }),
        limit,
      };
      const question = { what: "audit", path: "/v1/audit", query };
      const page = await askServer(await namedServer(flags, host), host, auditPageSchema, question);
      const { stdout, stderr } = host.terminal;
      if (flags.output === "json") stdout.write(`${JSON.stringify(page, null, 2)}\n`);
      else if (page.entries.length > 0) stdout.write(auditTable(page.entries));
      else stdout.write("nobody has changed anything there\n");
      if (flags.output === "text" && page.next !== null)
        stderr.write(`coalmine: there may be more: add --before ${page.next}\n`);
    });
}

function readWhole(text: string): string {
  if (/^[1-9]\d{0,14}$/.test(text)) return text;
  throw new InvalidArgumentError("wants a whole number from 1 on.");
}
