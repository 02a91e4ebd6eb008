/** The clients that others would write, as processes: Go's and Python's, generated from proto/. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { onTestFinished } from "vitest";
import * as z from "zod";
import { buildGrpcClient } from "../../servers/build-grpc-client.ts";
import { installGrpcPython } from "../../servers/install-grpc-python.ts";

const statusSchema = z.object({
  code: z.string(),
  message: z.string(),
  details: z.array(z.looseObject({ "@type": z.string() })),
});

const lineSchema = z.union([z.object({ message: z.unknown() }), z.object({ status: statusSchema })]);

export type Status = z.output<typeof statusSchema>;

/** A call under way. */
export interface ClientCall {
  /** What was answered so far, as JSON of protobuf has it. */
  readonly messages: readonly unknown[];
  /** How it ended. @throws Error with what the client printed, if it said nothing of the kind. */
  readonly status: Promise<Status>;
}

/** Flags of both clients, without their hyphen; see test/tools/grpc-client/main.go. */
export type Flags = Readonly<Record<string, string>>;

/** Calls one method of a server, by a process of its own. */
export type GrpcClient = (address: string, method: string, request?: unknown, flags?: Flags) => ClientCall;

export async function goClient(): Promise<GrpcClient> {
  const program = await buildGrpcClient();
  return (...call) => run(program, argumentsOf(...call), {});
}

export async function pythonClient(): Promise<GrpcClient> {
  const { program, path } = await installGrpcPython();
  return (...call) => run("python3", [program, ...argumentsOf(...call)], { PYTHONPATH: path });
}

function argumentsOf(address: string, method: string, request: unknown = {}, flags: Flags = {}): string[] {
  const given = Object.entries({ address, ...flags }).map(([name, value]) => `-${name}=${value}`);
  return [...given, method, JSON.stringify(request)];
}

/** Ended with the test, if it has not ended by itself. */
function run(program: string, args: readonly string[], env: Readonly<Record<string, string>>): ClientCall {
  const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  onTestFinished(() => void child.kill());
  const messages: unknown[] = [];
  const { promise, resolve, reject } = Promise.withResolvers<Status>();
  let complaint = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    complaint += text;
  });
  createInterface(child.stdout).on("line", (line) => {
    const read = lineSchema.parse(JSON.parse(line));
    if ("status" in read) resolve(read.status);
    else messages.push(read.message);
  });
  child.once("error", reject);
  child.once("close", (code) => reject(new Error(`${program} ended with ${code}: ${complaint}`)));
  return { messages, status: promise };
}

/** The one message of a call that went well. @throws Error with how it ended otherwise. */
export async function answerOf({ messages, status }: ClientCall): Promise<unknown> {
  const { code, message } = await status;
  if (code === "OK" && messages.length === 1) return messages[0];
  throw new Error(`expected one message, got ${messages.length} and ${code}: ${message}`);
}

/** A status' details by the last word of their type. */
export function detailsOf({ details }: Status): Readonly<Record<string, unknown>> {
  return Object.fromEntries(details.map((detail) => [detail["@type"].replace(/^.*\./, ""), detail]));
}
