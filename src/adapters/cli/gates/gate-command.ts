/** The flags of `coalmine gate` and their help. */
import { type Command, InvalidArgumentError, Option } from "commander";
import { type GateHook, gateHooks } from "../../../analysis/gates/gate.ts";
import type { GateDocument } from "../../../analysis/gates/gate-documents.ts";
import { gateCanary, gateNamespace, gateRevision, gateSpeaker } from "../../../analysis/gates/gate-fields.ts";
import type { CliHost } from "../cli-host.ts";
import { namedServer, type OutputFlags, withServer } from "../server/named-server.ts";
import { createGateClient } from "./gate-client.ts";
import { gateTable } from "./gate-table.ts";

interface WordFlags extends OutputFlags {
  readonly hook?: GateHook;
  readonly revision?: string;
  readonly by?: string;
}

/** A Canary, or all of a namespace. */
interface Place {
  readonly namespace: string;
  readonly canary: string;
}

const examples = `
Promote what runs or is held, by the checksum that the Canary's events name; and roll it back instead:
  $ coalmine gate open shop/checkout --hook confirm-promotion --revision 85d557f47b
  $ coalmine gate open shop/checkout --hook rollback --revision 85d557f47b

No new release until it is opened again:
  $ coalmine gate close shop/checkout --hook confirm-rollout

Exit codes: 0 said, 64 refused or bad input, 69 the server is away, 70 internal error.`;

/** Adds the command with its three words. */
export function addGateCommand(program: Command, host: CliHost): void {
  const command = program
    .command("gate")
    .description("open and close gates that Flagger waits for, and list what was said")
    .addHelpText("after", examples);
  for (const state of ["open", "closed"] as const) addWord(command, host, state);
  withServer(command.command("list"))
    .description("list gates, what was said last first")
    .argument("[place]", "a namespace, or namespace/canary; all if left out", readFilter)
    .action(async (place: Partial<Place> | undefined, flags: OutputFlags) => {
      const gates = await createGateClient(await namedServer(flags, host), host).list(place ?? {});
      if (flags.output === "text" && gates.length === 0)
        host.terminal.stdout.write("nobody has opened or closed a gate there\n");
      else write(flags.output === "json" ? { gates } : gates, host);
    });
}

function addWord(command: Command, host: CliHost, state: "open" | "closed"): void {
  const verb = state === "open" ? "open" : "close";
  withServer(command.command(verb))
    .description(`${verb} a gate of a Canary`)
    .argument("<place>", "namespace/canary", readPlace)
    .addOption(new Option("--hook <hook>", "of one hook; of all but rollback if left out").choices(gateHooks))
    .option("--revision <checksum>", "of one revision; of every one if left out", readRevision)
    .option("--by <name>", "who says it; you, by your name on this machine, if left out", readSpeaker)
    .action(async (place: Place, flags: WordFlags) => {
      const by = flags.by ?? host.environment.user;
      const client = createGateClient(await namedServer(flags, host), host);
      const { hook = null, revision = null } = flags;
      const gate = await client.say({ ...place, hook, revision, state, ...(by === null ? {} : { by }) });
      write(flags.output === "json" ? gate : [gate], host);
      if (state === "open" && promotesNothing(gate)) host.terminal.stderr.write(howToPromote(gate));
    });
}

/** Rows go out as a table, anything else as JSON. */
function write(result: readonly GateDocument[] | object, { terminal }: CliHost): void {
  terminal.stdout.write(Array.isArray(result) ? gateTable(result) : `${JSON.stringify(result, null, 2)}\n`);
}

/** A verdict yields to a gate only where somebody had that one release in mind. */
function promotesNothing({ hook, revision }: GateDocument): boolean {
  return revision === null && hook !== "rollback" && hook !== "confirm-rollout";
}

function howToPromote({ namespace, canary }: GateDocument): string {
  return (
    "coalmine: open for every revision, it denies no release and promotes none against its verdict;\n" +
    `  to promote one: coalmine gate open ${namespace}/${canary} --hook confirm-promotion --revision <checksum>\n`
  );
}

function readPlace(text: string): Place {
  const [namespace = "", canary = "", ...rest] = text.split("/");
  if (rest.length > 0 || !isA(gateNamespace, namespace) || !isA(gateCanary, canary))
    throw new InvalidArgumentError("wants namespace/canary, for instance shop/checkout.");
  return { namespace, canary };
}

function readFilter(text: string): Partial<Place> {
  if (isA(gateNamespace, text)) return { namespace: text };
  return readPlace(text);
}

function readRevision(text: string): string {
  if (isA(gateRevision, text)) return text;
  throw new InvalidArgumentError("wants the checksum of a revision, for instance 85d557f47b.");
}

function readSpeaker(text: string): string {
  if (isA(gateSpeaker, text)) return text;
  throw new InvalidArgumentError("wants a name of 1 to 100 characters, without control characters.");
}

function isA(schema: typeof gateNamespace, text: string): boolean {
  return schema.safeParse(text).success;
}
