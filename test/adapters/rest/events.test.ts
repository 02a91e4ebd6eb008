import { request } from "node:http";
import { expect, it, vi } from "vitest";
import { type RestServer, serveRest } from "./serve-rest.ts";

interface Watching {
  readonly status: number;
  readonly type: string | undefined;
  /** Everything received so far. */
  readonly text: () => string;
  readonly ended: Promise<void>;
  leave(): void;
}

/** Opens an event stream; undici's fetch would keep the connection for itself. */
function watch(server: RestServer, id: string, headers: Record<string, string> = {}): Promise<Watching> {
  return new Promise((resolve, reject) => {
    const asking = request(
      `${server.url}/v1/analyses/${id}/events`,
      { headers, agent: false },
      (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (chunk: string) => {
          text += chunk;
        });
        response.on("error", () => undefined);
        const ended = new Promise<void>((end) => response.once("close", () => end()));
        const type = response.headers["content-type"];
        resolve({
          status: response.statusCode ?? 0,
          type,
          text: () => text,
          ended,
          leave: () => asking.destroy(),
        });
      },
    );
    asking.on("error", reject).end();
  });
}

function eventsIn(text: string) {
  return text
    .split("\n\n")
    .filter((block) => block.startsWith("event:"))
    .map((block) => {
      const [event = "", data = ""] = block.split("\n");
      return { event: event.replace("event: ", ""), result: JSON.parse(data.replace("data: ", "")) };
    });
}

it("sends the result at once, each look, the verdict, and closes", async () => {
  const server = await serveRest();
  await server.start();
  const watching = await watch(server, "id-1");
  expect(watching).toMatchObject({ status: 200, type: "text/event-stream; charset=utf-8" });
  await expect.poll(() => eventsIn(watching.text()).length).toBe(1);
  server.script.last.look({ ticks: 1 });
  await expect.poll(() => eventsIn(watching.text()).length).toBe(2);
  server.script.last.pass();
  await watching.ended;
  const events = eventsIn(watching.text());
  expect(events.map(({ event }) => event)).toEqual(["look", "look", "verdict"]);
  expect(events[1]?.result).toMatchObject({ id: "id-1", ticks: 1, links: { self: "/v1/analyses/id-1" } });
  expect(events[2]?.result).toMatchObject({ verdict: "pass" });
});

it("sends the verdict of one that has ended, whatever the client says it has seen", async () => {
  const server = await serveRest();
  await server.start();
  await server.ask("POST", "/v1/analyses/id-1/cancel");
  const watching = await watch(server, "id-1", { "last-event-id": "17" });
  await watching.ended;
  expect(eventsIn(watching.text()).map(({ event, result }) => [event, result.phase])).toEqual([
    ["verdict", "cancelled"],
  ]);
});

it("sends comments while nothing happens", async () => {
  const server = await serveRest({ heartbeatMs: 5 });
  await server.start();
  const watching = await watch(server, "id-1");
  await expect
    .poll(
      () =>
        watching
          .text()
          .split("\n\n")
          .filter((block) => block.startsWith(":")).length,
    )
    .toBeGreaterThan(2);
  watching.leave();
});

it("lets go of a client that left, and the analysis goes on", async () => {
  const server = await serveRest({ heartbeatMs: 5 });
  await server.start();
  const signals: AbortSignal[] = [];
  const { watch: original } = server.analyses;
  server.analyses.watch = (id, signal) => {
    signals.push(signal);
    return original(id, signal);
  };
  const [set, cleared] = [vi.spyOn(globalThis, "setInterval"), vi.spyOn(globalThis, "clearInterval")];
  const watching = await watch(server, "id-1");
  await expect.poll(() => eventsIn(watching.text()).length).toBe(1);
  const heartbeat = set.mock.results[set.mock.calls.findIndex(([, ms]) => ms === 5)]?.value;
  watching.leave();
  await expect.poll(() => signals[0]?.aborted).toBe(true);
  await expect.poll(() => cleared.mock.calls.flat().includes(heartbeat)).toBe(true);
  server.script.last.pass();
  await expect.poll(async () => (await server.analyses.get("id-1")).result.verdict).toBe("pass");
  expect(server.logger.errors).toEqual([]);
});

it("ends the streams when the server drains, without a verdict", async () => {
  const server = await serveRest();
  await server.start();
  const watching = await watch(server, "id-1");
  await expect.poll(() => eventsIn(watching.text()).length).toBe(1);
  await server.analyses.close();
  await watching.ended;
  expect(eventsIn(watching.text()).map(({ event }) => event)).toEqual(["look"]);
});

it("answers HEAD without waiting for the verdict", async () => {
  const server = await serveRest();
  await server.start();
  const response = await server.ask("HEAD", "/v1/analyses/id-1/events");
  expect(response.headers.get("content-type")).toContain("text/event-stream");
});
