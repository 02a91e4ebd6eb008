// Answers one rollout of a public benchmark: request on stdin, answer on the last line of stdout; `--http PORT` answers POSTs.
import { createServer } from "node:http";
import { json, text } from "node:stream/consumers";
import { judgeRollout } from "./judge-rollout.ts";

const portFlag = process.argv.indexOf("--http");
if (portFlag < 0) {
  console.log(JSON.stringify(await judgeRollout(JSON.parse(await text(process.stdin)))));
} else {
  const server = createServer(async (request, response) => {
    try {
      const answer = await judgeRollout(await json(request));
      response.setHeader("content-type", "application/json").end(JSON.stringify(answer));
    } catch (thrown) {
      response.statusCode = 400;
      response.setHeader("content-type", "application/json").end(JSON.stringify({ error: String(thrown) }));
    }
  });
  server.listen(Number(process.argv[portFlag + 1]), "127.0.0.1");
}
