/** What is measured of a plugin, a little at a time, so that what else the machine does falls on all alike. */
import { type ArgoHost, startArgoHost } from "../../../test/real/argo-host/argo-host.ts";
import { analysisRun } from "../../../test/real/argo-host/kubernetes-objects.ts";
import type { ArgoHostPrograms } from "../../../test/servers/build-argo-host.ts";
import type { Contestant } from "./contestant.ts";

/** How much is measured. */
export interface Effort {
  readonly starts: number;
  /** Calls one after another. */
  readonly sequential: number;
  /** Calls of 16 at a time. */
  readonly parallel: number;
  readonly resumes: number;
  /** Of calls; a plugin's turn comes once a round. */
  readonly rounds: number;
}

/** Milliseconds each, but for what says otherwise. */
export interface PluginFigures {
  readonly handshake: number[];
  readonly startToFirstRun: number[];
  readonly firstRun: number[];
  /** Processor time from the start to the first Run's answer. */
  readonly startCpu: number[];
  readonly run: number[];
  readonly runsASecond: number[];
  readonly freshRunsASecond: number[];
  readonly burst64: number[];
  readonly resume: number[];
  readonly resumesASecond: number[];
  /** Processor time a Run of 16 at a time, with its ping. */
  readonly runCpu: number[];
  /** Bytes, of all its processes. */
  rssAfterStart: number;
  /** After the calls of one run. */
  rssAfterCalls: number;
  /** After those of hundreds of runs, each with an analysis that goes on. */
  rssAfterFresh: number;
}

/** Measures all, in turn. @throws Error if a plugin answers with an Error. */
export async function measurePlugins(
  programs: ArgoHostPrograms,
  contestants: readonly Contestant[],
  effort: Effort,
): Promise<ReadonlyMap<Contestant, PluginFigures>> {
  const turns = await Promise.all(contestants.map((contestant) => Turn.of(programs, contestant)));
  const inTurn = async (rounds: number, act: (turn: Turn) => Promise<void>) => {
    for (let round = 0; round < rounds; round++) for (const turn of turns) await act(turn);
  };
  try {
    await inTurn(effort.starts, (turn) => turn.start());
    await inTurn(1, (turn) => turn.settle());
    const share = (calls: number) => Math.ceil(calls / effort.rounds);
    await inTurn(effort.rounds, (turn) => turn.sequential(share(effort.sequential)));
    await inTurn(effort.rounds, (turn) => turn.parallel(share(effort.parallel)));
    await inTurn(effort.rounds, (turn) => turn.resumes(share(effort.resumes)));
    await inTurn(1, async (turn) => {
      turn.figures.rssAfterCalls = await turn.resident();
    });
    await inTurn(3, (turn) => turn.fresh(16, 80, turn.figures.freshRunsASecond));
    await inTurn(3, (turn) => turn.burst(64));
    await inTurn(1, async (turn) => {
      turn.figures.rssAfterFresh = await turn.resident();
    });
  } finally {
    for (const turn of turns) await turn.host.stop();
  }
  return new Map(turns.map(({ contestant, figures }) => [contestant, figures]));
}

/** One plugin under a host of its own. */
class Turn {
  readonly host: ArgoHost;
  readonly contestant: Contestant;
  readonly figures: PluginFigures = {
    handshake: [],
    startToFirstRun: [],
    firstRun: [],
    startCpu: [],
    run: [],
    runsASecond: [],
    freshRunsASecond: [],
    burst64: [],
    resume: [],
    resumesASecond: [],
    runCpu: [],
    rssAfterStart: 0,
    rssAfterCalls: 0,
    rssAfterFresh: 0,
  };
  /** The one run began when the plugin was set up, as the controller's have a creation time of their own. */
  readonly #began = new Date().toISOString();
  #batches = 0;

  constructor(host: ArgoHost, contestant: Contestant) {
    this.host = host;
    this.contestant = contestant;
  }

  static async of(programs: ArgoHostPrograms, contestant: Contestant): Promise<Turn> {
    const { name, file, args } = contestant;
    return new Turn(await startArgoHost(programs, [{ kind: "metric", name, file, args }]), contestant);
  }

  /** A start by go-plugin alone, to its first measurement. */
  async start(): Promise<void> {
    const { file, args } = this.contestant;
    const told = { program: [file, ...args], cookie: "metricprovider" };
    const {
      stages,
      error,
      results,
      processes = [],
    } = await this.host.tell("startMetric", { ...told, ...this.#asked("start") });
    refuse(error, results);
    const { handshake = 0, ready = 0, firstRun = 0 } = stages ?? {};
    this.figures.handshake.push(handshake);
    this.figures.firstRun.push(firstRun - ready);
    this.figures.startToFirstRun.push(firstRun);
    this.figures.startCpu.push(...processes.map(({ cpuMs }) => cpuMs));
  }

  /** Starts the plugin by the controller's code, for the calls below. */
  async settle(): Promise<void> {
    await this.#call("Run", {});
    this.figures.rssAfterStart = await this.resident();
  }

  async sequential(calls: number): Promise<void> {
    const { ms = [] } = await this.#call("Run", { calls });
    this.figures.run.push(...ms);
  }

  async parallel(calls: number): Promise<void> {
    const before = await this.#sum("cpuMs");
    const { wallMs = 0 } = await this.#call("Run", { calls, parallel: 16 });
    this.figures.runCpu.push(((await this.#sum("cpuMs")) - before) / calls);
    this.figures.runsASecond.push((1_000 * calls) / wallMs);
  }

  /** Runs of which the plugin has not heard before. */
  async fresh(parallel: number, calls: number, rates: number[]): Promise<void> {
    const { wallMs = 0 } = await this.#call("Run", { calls, parallel, fresh: true });
    rates.push((1_000 * calls) / wallMs);
  }

  /** All at once: the time to the last answer. */
  async burst(calls: number): Promise<void> {
    const { wallMs = 0 } = await this.#call("Run", { calls, parallel: calls, fresh: true });
    this.figures.burst64.push(wallMs);
  }

  async resumes(calls: number): Promise<void> {
    const { results } = await this.#call("Run", {});
    const measurement = results?.[0];
    const { ms = [] } = await this.#call("Resume", { calls, measurement });
    this.figures.resume.push(...ms);
    const { wallMs = 0 } = await this.#call("Resume", { calls, parallel: 16, measurement });
    this.figures.resumesASecond.push((1_000 * calls) / wallMs);
  }

  async resident(): Promise<number> {
    return await this.#sum("rssBytes");
  }

  async #call(method: string, how: Readonly<Record<string, unknown>>) {
    const run = how["fresh"] === true ? `fresh-${this.#batches++}` : "known";
    const asked = how["fresh"] === true ? this.#asked(run) : this.#asked(run, this.#began);
    const answer = await this.host.tell("metric", { method, ...asked, ...how });
    refuse(answer.error, answer.results);
    return answer;
  }

  async #sum(figure: "rssBytes" | "cpuMs"): Promise<number> {
    const { processes = [] } = await this.host.tell("processes");
    return processes.reduce((sum, one) => sum + one[figure], 0);
  }

  /** A run that has begun now, unless told otherwise: there is no past to look at. */
  #asked(uid: string, began: string = new Date().toISOString()) {
    const run = analysisRun(uid, { creationTimestamp: began });
    const metric = { name: "canary", ...this.contestant.metric };
    return { metric, analysisRun: { ...run, status: { ...run.status, startedAt: began } } };
  }
}

function refuse(error: string | undefined, results: readonly unknown[] = []): void {
  if (error !== undefined) throw new Error(error);
  const wrong = results.find((result) => !["Running", "Successful"].includes(Object(result).phase));
  if (wrong !== undefined) throw new Error(`a plugin answered ${JSON.stringify(wrong)}`);
}
