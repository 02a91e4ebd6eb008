/** Hosts of hashicorp/go-plugin for the tests of one file: processes of test/tools/plugin-host. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach } from "vitest";
import { buildPluginHost } from "../../servers/build-plugin-host.ts";
import {
  type EchoRequest,
  type EchoResponse,
  echoDefinition,
} from "../../wire/go-plugin/grpc/echo-service.ts";
import { startToldProcess, type ToldProcess } from "../told-process.ts";

/** What came of a command; the fields are those of main.go. */
interface HostAnswer {
  readonly plugin: number;
  readonly pid: number;
  readonly version: number;
  readonly protocol: string;
  readonly handshakeMs: number;
  /** In base64. */
  readonly responses: readonly string[];
  readonly stdout: string;
  readonly stderr: string;
  readonly exited: boolean;
}

/** How a host starts a plugin; the rest is as the sample plugins have it. */
interface StartFields {
  readonly program?: readonly string[];
  readonly protocols?: readonly ("grpc" | "netrpc")[];
  readonly versions?: readonly number[];
  /** All connections in one. */
  readonly multiplex?: boolean;
  readonly autoMtls?: boolean;
  readonly cookie?: readonly [key: string, value: string];
}

const echoProgram = join(import.meta.dirname, "../../wire/go-plugin/grpc/echo-program.ts");

/** @returns starts a host, which ends with its test. */
export function usePluginHost() {
  const hosts = new Set<ToldProcess<HostAnswer>>();
  afterEach(async () => {
    for (const host of hosts) await host.stop();
    hosts.clear();
  });

  return async () => {
    const host = startToldProcess<HostAnswer>("plugin-host", await buildPluginHost());
    hosts.add(host);
    return {
      ...host,
      sockets: () => readdirSync(host.folder),
      /** @throws Error why the host could not start the plugin. */
      start: (fields: StartFields = {}) => startedBy(host, fields),
    };
  };
}

async function startedBy(host: ToldProcess<HostAnswer>, fields: StartFields) {
  const told = {
    program: [process.execPath, echoProgram],
    protocols: ["grpc"],
    versions: [1, 2],
    cookie: ["COALMINE_SAMPLE_PLUGIN", "sample"],
    ...fields,
  };
  const { plugin, pid = 0, ...about } = await succeeded(host.tell("start", told));
  const tell = (op: string, more: Readonly<Record<string, unknown>> = {}) =>
    succeeded(host.tell(op, { plugin, ...more }));
  /** Calls as many times as there are requests, all at once. */
  const call = async (path: string, requests: readonly Uint8Array[]): Promise<readonly Buffer[]> => {
    const encoded = requests.map((request) => Buffer.from(request).toString("base64"));
    const { responses = [] } = await tell("call", { path, requests: encoded });
    return responses.map((response) => Buffer.from(response, "base64"));
  };
  const echo = async (...requests: readonly Partial<EchoRequest>[]): Promise<readonly EchoResponse[]> => {
    const { path, requestSerialize, responseDeserialize } = echoMethod;
    return (await call(path, requests.map(requestSerialize))).map(responseDeserialize);
  };
  return { ...about, pid, tell, call, echo };
}

const echoMethod = methodOf("Echo");

function methodOf(name: string) {
  const method = echoDefinition[name];
  if (method === undefined) throw new Error(`no method ${name}`);
  return method;
}

/** @throws Error what kept the host from doing what it was told. */
async function succeeded<Answer extends { readonly error?: string }>(told: Promise<Answer>): Promise<Answer> {
  const answer = await told;
  if (answer.error !== undefined) throw new Error(answer.error);
  return answer;
}

/** Resolves when it is so. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await sleep(20);
}
