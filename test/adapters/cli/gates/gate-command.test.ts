import { writeFile } from "node:fs/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import type { CliHost } from "../../../../src/adapters/cli/cli-host.ts";
import { runCliProgram } from "../../../../src/adapters/cli/cli-program.ts";
import { listen } from "../../../../src/adapters/http/listen.ts";
import { gateToken, tokenAccess } from "../../../support/serve-gates.ts";
import { useTemporaryFolder } from "../../../support/temporary-folder.ts";
import { serveRest } from "../../rest/serve-rest.ts";
import { fakeHost } from "../fake-host.ts";

const folder = useTemporaryFolder();

interface World {
  readonly environment?: Partial<CliHost["environment"]>;
  readonly fetch?: CliHost["fetch"];
  readonly stdin?: string;
}

/** Runs `coalmine gate` with these words, as alice. */
async function gate(line: string, world: World = {}) {
  const { host, stdout, stderr } = fakeHost({ fetch, ...world });
  const code = await runCliProgram(["gate", ...line.split(" ")], host);
  return { code, stdout: stdout(), stderr: stderr() };
}

/** A server that answers everything alike. */
function answering(status: number, body: unknown, headers: Record<string, string> = {}): World {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return { fetch: async () => new Response(text, { status, headers }) };
}

async function server(options: Parameters<typeof serveRest>[0] = {}): Promise<string> {
  return (await serveRest(options)).url;
}

describe("coalmine gate open and close", () => {
  it("open a gate of a hook and a revision, and tell it with when and who", async () => {
    const url = await server();
    const line = "open shop/checkout --hook confirm-promotion --revision 85d557f47b --server";
    const { code, stdout, stderr } = await gate(`${line} ${url}`);
    expect([code, stderr]).toEqual([0, ""]);
    const [head = "", row = ""] = stdout.split("\n");
    expect(head.split(/ {2,}/)).toEqual(["WHEN", "GATE", "CANARY", "HOOK", "REVISION", "BY"]);
    expect(row.split(/ {2,}/)).toEqual([
      expect.stringMatching(/^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      "open",
      "shop/checkout",
      "confirm-promotion",
      "85d557f47b",
      "alice",
    ]);
  });

  it("speak for every hook and revision without more, in the name that --by says", async () => {
    const url = await server();
    const { stdout } = await gate(`close shop/checkout --by bob --output json --server ${url}`);
    expect(JSON.parse(stdout)).toMatchObject({
      namespace: "shop",
      canary: "checkout",
      hook: null,
      revision: null,
      state: "closed",
      by: "bob",
    });
  });

  it("tell how to promote, after a gate was opened that promotes nothing", async () => {
    const url = await server();
    const wide = await gate(`open shop/checkout --server ${url}`);
    expect([wide.code, wide.stderr]).toEqual([0, expect.stringContaining("--revision <checksum>")]);
    for (const line of ["open shop/checkout --hook rollback", "close shop/checkout"])
      expect((await gate(`${line} --server ${url}`)).stderr).toBe("");
  });

  it.each([
    ["open shop", "wants namespace/canary"],
    ["open shop/checkout/v2", "wants namespace/canary"],
    ["open Shop/checkout", "wants namespace/canary"],
    ["open", "missing required argument 'place'"],
    ["open shop/checkout --hook rollout", "Allowed choices are confirm-rollout"],
    ["open shop/checkout --revision a/b", "wants the checksum"],
    ["opn shop/checkout", "Did you mean open?"],
    ["open shop/checkout --server coalmine:8080", "must be a URL such as http://127.0.0.1:8080"],
    ["open shop/checkout --server ftp://coalmine", "must be a URL"],
    ["open shop/checkout --server http://a:b@coalmine", "put the token in COALMINE_TOKEN"],
    ["open shop/checkout --token-file /nowhere/token", "/nowhere/token cannot be read"],
  ])("refuse %j without asking a server", async (line, text) => {
    let asked = 0;
    const fetch = async () => {
      asked += 1;
      return new Response();
    };
    const { code, stdout, stderr } = await gate(line, { fetch });
    expect([code, stdout, asked]).toEqual([64, "", 0]);
    expect(stderr).toContain(text);
  });
});

describe("coalmine gate list", () => {
  it("lists all, a namespace, or a Canary, in columns", async () => {
    const url = await server();
    for (const place of ["shop/checkout", "shop/cart", "test/a-long-name-of-a-canary"])
      await gate(`close ${place} --server ${url}`);
    const listed = async (place: string) => {
      const { stdout } = await gate(`list${place} --server ${url}`);
      return stdout.split("\n").slice(1, -1);
    };
    const all = await listed("");
    expect(all.map((row) => row.split(/ +/)[2])).toEqual([
      "test/a-long-name-of-a-canary",
      "shop/cart",
      "shop/checkout",
    ]);
    expect(new Set(all.map((row) => row.indexOf("all but rollback"))).size).toBe(1);
    expect(await listed(" shop")).toHaveLength(2);
    expect(await listed(" shop/cart")).toHaveLength(1);
  });

  it("as JSON is what the server says", async () => {
    const url = await server();
    await gate(`open shop/checkout --server ${url}`);
    const { stdout } = await gate(`list --output json --server ${url}`);
    const body: unknown = await (await fetch(`${url}/v1/gates`)).json();
    expect(JSON.parse(stdout)).toEqual(body);
  });

  it("says so where nobody said anything", async () => {
    const { code, stdout } = await gate(`list shop --server ${await server()}`);
    expect([code, stdout]).toEqual([0, "nobody has opened or closed a gate there\n"]);
  });
});

describe("the server", () => {
  it("is that of --server, else of COALMINE_URL, else of this machine; a path in it is kept", async () => {
    const asked: string[] = [];
    const world = {
      fetch: async (address: string) => {
        asked.push(address);
        return Response.json({ gates: [] });
      },
      environment: { serverUrl: "https://coalmine.example/base/" },
    };
    await gate("list shop --server http://other:1", world);
    await gate("list shop", world);
    await gate("list shop", { fetch: world.fetch });
    expect(asked).toEqual([
      "http://other:1/v1/gates?namespace=shop",
      "https://coalmine.example/base/v1/gates?namespace=shop",
      "http://127.0.0.1:8080/v1/gates?namespace=shop",
    ]);
  });

  it("is given the token of the environment, or of a file, or of standard input", async () => {
    const url = await server({ access: tokenAccess });
    const file = folder.path("token");
    await writeFile(file, `${gateToken}\n`);
    const wrong = { environment: { token: "wrong" } };
    const outcomes = [
      await gate(`close shop/checkout --server ${url}`, { environment: { token: gateToken } }),
      await gate(`close shop/checkout --server ${url} --token-file ${file}`, wrong),
      await gate(`close shop/checkout --server ${url} --token-file -`, { ...wrong, stdin: gateToken }),
    ];
    for (const { code, stdout } of outcomes)
      expect([code, stdout]).toEqual([0, expect.stringMatching(/ci\n$/)]);
  });

  it("that refuses is told with the fix, and no token", async () => {
    const url = await server({ access: tokenAccess });
    const environment = { token: "s3cret-but-wrong" };
    const refusals = [
      await gate(`open shop/checkout --server ${url}`),
      await gate(`open shop/checkout --server ${url}`, { environment }),
      await gate(`open bank/vault --server ${url}`, { environment: { token: gateToken } }),
      await gate(`open shop/checkout --hook confirm-rollout --revision a1 --server ${url}`, {
        environment: { token: gateToken },
      }),
    ];
    expect(refusals.map(({ code }) => code)).toEqual([64, 64, 64, 64]);
    const [none, wrong, elsewhere, meaningless] = refusals.map(({ stderr }) => stderr);
    expect(none).toContain("COALMINE_TOKEN or --token-file");
    expect(wrong).toContain("COALMINE_TOKEN or --token-file");
    expect(elsewhere).toContain('the token ci may not write in the namespace "bank"');
    expect(meaningless).toContain("leave the revision out");
    expect(refusals.map(({ stderr, stdout }) => stderr + stdout).join()).not.toContain("s3cret");
  });

  it("that is away is 69, with its address and the way to name another", async () => {
    const { code, stderr } = await gate("list --server http://127.0.0.1:1");
    expect(code).toBe(69);
    expect(stderr).toMatch(
      /^coalmine: the server at http:\/\/127\.0\.0\.1:1\/ does not answer \(.+\); .*--server/,
    );
    expect(stderr).not.toContain("fetch failed");
  });

  it.each([
    ["drains", answering(503, { code: "source-unavailable", detail: "shutting down" }), 69, "shutting down"],
    ["has a fault", answering(500, { code: "internal", detail: "its log has the cause" }), 70, "its log"],
    ["is behind a proxy without it", answering(502, "<html>"), 69, "502"],
    ["is another", answering(404, "<html>"), 64, "is no Coalmine server"],
    ["says something else", answering(200, { ok: true }), 64, "is no Coalmine server"],
    ["says no JSON", answering(200, "OK"), 64, "is no Coalmine server"],
    ["sends on", answering(302, "", { location: "http://evil/" }), 64, "on to http://evil/"],
    ["would steer the terminal", answering(400, { code: "conflict", detail: "a\u001b[2Jb" }), 64, "a [2Jb"],
  ])("that %s ends with the right code", async (_what, world, code, text) => {
    const outcome = await gate("list", world);
    expect([outcome.code, outcome.stdout]).toEqual([code, ""]);
    expect(outcome.stderr).toContain(text);
  });

  it("that sends on to another does not get that one the token", async () => {
    const heard: (string | undefined)[] = [];
    const listener = await listen(
      ({ url, headers }, response) => {
        heard.push(`${url} ${headers.authorization}`);
        response.writeHead(307, { location: "/elsewhere" }).end();
      },
      { host: "127.0.0.1", port: 0 },
    );
    onTestFinished(() => listener.close(0));
    const { code } = await gate(`list --server ${listener.url}`, { environment: { token: "t0ken" } });
    expect([code, heard]).toEqual([64, ["/v1/gates Bearer t0ken"]]);
  });

  it("that answers without end is cut off", async () => {
    let megabytes = 0;
    const endless = new ReadableStream({
      pull(controller) {
        megabytes += 1;
        controller.enqueue(new Uint8Array(1024 * 1024));
      },
    });
    const { code, stderr } = await gate("list", { fetch: async () => new Response(endless) });
    expect([code, stderr]).toEqual([64, expect.stringContaining("answers more than")]);
    expect(megabytes).toBeLessThan(20);
  });

  it("gets a token only if it can be one", async () => {
    const { code, stderr } = await gate("list", { environment: { token: "two s3cret\nlines" } });
    expect([code, stderr]).toEqual([64, expect.stringContaining("COALMINE_TOKEN must hold one token")]);
    expect(stderr).not.toContain("s3cret");
  });
});
