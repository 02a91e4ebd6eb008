/**
 * What a question costs over gRPC, beside the same over HTTP, in one run and in
 * turns: `npm run bench:grpc -- [--quick]`.
 *
 * The client is Go's, on the same cores as the server. Prints markdown; nothing is
 * judged here: a busy machine gives other figures, and says so by its load.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import * as z from "zod";
import { buildGrpcClient } from "../../../test/servers/build-grpc-client.ts";
import { runCommand } from "../../../test/servers/run-command.ts";
import { machine } from "../machine.ts";

const { values } = parseArgs({ options: { quick: { type: "boolean", default: false } } });
const rounds = values.quick ? 2 : 6;
const seconds = values.quick ? 1 : 3;

const addressSchema = z.object({ address: z.string(), url: z.string() });
const lineSchema = z.object({
  message: z.object({ answers: z.number(), seconds: z.number(), median: z.number(), p99: z.number() }),
});

type Figures = z.output<typeof lineSchema>["message"];

const head = [
  "| what | callers at a time | answers a second, median round (best) | median | p99 |",
  "| --- | ---: | --- | --- | --- |",
];

console.log(await bench());

async function bench(): Promise<string> {
  const client = await buildGrpcClient((line) => console.error(line));
  const server = spawn(process.execPath, [join(import.meta.dirname, "serve-both.ts")], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const [line] = await once(createInterface(server.stdout), "line");
    const { address, url } = addressSchema.parse(JSON.parse(String(line)));
    const ways = [
      { title: "gRPC `Get`", flags: [] },
      { title: "HTTP `GET /v1/analyses/{id}`", flags: [`-url=${url}`] },
    ];
    const rows: string[] = [];
    for (const callers of [1, 16]) {
      const measured = ways.map((way) => ({ ...way, figures: [] as Figures[] }));
      // In turns, so that what else the machine does falls on both alike.
      for (let round = 0; round < rounds; round++) {
        for (const { flags, figures } of measured) figures.push(await ask(client, address, callers, flags));
      }
      rows.push(...measured.map(({ title, figures }) => row(title, callers, figures)));
    }
    return [`${machine()}; ${rounds} rounds of ${seconds} s.`, "", ...head, ...rows].join("\n");
  } finally {
    server.kill();
  }
}

async function ask(
  client: string,
  address: string,
  callers: number,
  flags: readonly string[],
): Promise<Figures> {
  const args = [`-address=${address}`, `-lasts=${seconds}s`, `-callers=${callers}`, ...flags];
  const [line = ""] = (await runCommand(client, [...args, "Load", '{"id": "bench"}'])).split("\n");
  return lineSchema.parse(JSON.parse(line)).message;
}

function row(title: string, callers: number, all: readonly Figures[]): string {
  const rates = all.map(({ answers, seconds: span }) => answers / span);
  const count = (rate: number) => Math.round(rate).toLocaleString("en");
  const ms = (times: readonly number[]) => `${middle(times).toFixed(2)} ms`;
  const cells = [
    `${count(middle(rates))} (${count(Math.max(...rates))})`,
    ms(all.map(({ median }) => median)),
    ms(all.map(({ p99 }) => p99)),
  ];
  return `| ${title} | ${callers} | ${cells.join(" | ")} |`;
}

function middle(given: readonly number[]): number {
  return given.toSorted((a, b) => a - b)[Math.floor(given.length / 2)] ?? Number.NaN;
}
