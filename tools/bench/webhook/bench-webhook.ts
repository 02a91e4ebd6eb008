/**
 * Our answers to Flagger beside those of its load tester, in one run and in turns:
 * `npm run bench:webhook -- [--quick]`.
 *
 * The client is Go's, as Flagger's is, on the same cores. Prints markdown; nothing is
 * judged here: a busy machine gives other figures, and says so by its load.
 */
import { parseArgs } from "node:util";
import * as z from "zod";
import { startCoalmineServer } from "../../../test/real/coalmine-server.ts";
import { buildFlagger } from "../../../test/servers/build-flagger.ts";
import { buildWebhookLoad } from "../../../test/servers/build-webhook-load.ts";
import { runCommand } from "../../../test/servers/run-command.ts";
import { startLoadTester } from "../../../test/servers/start-load-tester.ts";
import { machine } from "../machine.ts";

const { values } = parseArgs({ options: { quick: { type: "boolean", default: false } } });
const rounds = values.quick ? 2 : 6;
const seconds = values.quick ? 1 : 3;

/** How the client asks. */
const ways = [
  { title: "one connection", flags: ["-connections=1"] },
  { title: "four connections", flags: ["-connections=4"] },
  { title: "four at a time, each on a new connection, as Flagger asks", flags: ["-connections=4", "-fresh"] },
] as const;

/** What is asked, of whom; `want` is the status. */
interface Contestant {
  readonly title: string;
  readonly url: string;
  readonly want: number;
}

const figuresSchema = z.object({
  answers: z.number(),
  seconds: z.number(),
  median: z.number(),
  p99: z.number(),
});

type Figures = z.output<typeof figuresSchema>;

/** As Flagger sends it in the middle of a release. */
const body = JSON.stringify({
  name: "checkout",
  namespace: "shop",
  phase: "Progressing",
  checksum: "85d557f47b",
  metadata: { duration: "30m", errorLimit: "1%", latencyLimit: "500ms" },
});

console.log(await bench());

async function bench(): Promise<string> {
  const say = (line: string) => console.error(line);
  const client = await buildWebhookLoad(say);
  await buildFlagger(say);
  const loadTester = await startLoadTester(["-log-level=error"]);
  const coalmine = await startCoalmineServer({
    // Nothing answers there: the analysis waits for its source, and the hook answers what is known.
    sources: { default: { kind: "prometheus", url: "http://127.0.0.1:9" } },
    logLevel: "error",
  });
  try {
    const contestants: readonly Contestant[] = [
      { title: "load tester `/gate/approve`", url: `${loadTester.url}/gate/approve`, want: 200 },
      { title: "Coalmine `/gate/approve`", url: `${coalmine.url}/gate/approve`, want: 200 },
      { title: "load tester `/gate/check`", url: `${loadTester.url}/gate/check`, want: 403 },
      { title: "Coalmine `/gate/check`", url: `${coalmine.url}/gate/check`, want: 403 },
      { title: "Coalmine `/flagger/v1/rollout`", url: `${coalmine.url}/flagger/v1/rollout`, want: 200 },
    ];
    const sections: string[] = [];
    for (const way of ways) sections.push(await section(client, way, contestants));
    return [`${machine()}; ${rounds} rounds of ${seconds} s.`, ...sections].join("\n\n");
  } finally {
    await coalmine.close();
    await loadTester.stop();
  }
}

/** In turns, so that what else the machine does falls on all alike. */
async function section(
  client: string,
  { title, flags }: (typeof ways)[number],
  contestants: readonly Contestant[],
): Promise<string> {
  const measured = new Map(contestants.map((one) => [one, [] as Figures[]]));
  for (let round = 0; round < rounds; round++) {
    for (const one of contestants) measured.get(one)?.push(await ask(client, one, flags));
  }
  const rows = [...measured].map(([one, all]) => row(one.title, all));
  return [
    `${title}:`,
    "",
    "| what | answers a second, median round (best) | median | p99 |",
    "| --- | --- | --- | --- |",
    ...rows,
  ].join("\n");
}

async function ask(client: string, { url, want }: Contestant, flags: readonly string[]): Promise<Figures> {
  const args = [`-url=${url}`, `-body=${body}`, `-want=${want}`, `-seconds=${seconds}`, ...flags];
  return figuresSchema.parse(JSON.parse(await runCommand(client, args)));
}

function row(title: string, all: readonly Figures[]): string {
  const rates = all.map(({ answers, seconds: span }) => answers / span);
  const ms = (times: readonly number[]) => `${middle(times).toFixed(2)} ms`;
  const cells = [
    `${Math.round(middle(rates)).toLocaleString("en")} (${Math.round(Math.max(...rates)).toLocaleString("en")})`,
    ms(all.map(({ median }) => median)),
    ms(all.map(({ p99 }) => p99)),
  ];
  return `| ${title} | ${cells.join(" | ")} |`;
}

function middle(given: readonly number[]): number {
  return given.toSorted((a, b) => a - b)[Math.floor(given.length / 2)] ?? Number.NaN;
}
