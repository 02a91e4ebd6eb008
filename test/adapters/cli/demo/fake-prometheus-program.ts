/** A program that takes Prometheus' flags and is ready at once: it stores the configuration it was given where it is asked to. */
import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";

const source = `#!${process.execPath}
const { createServer } = require("node:http");
const { copyFileSync } = require("node:fs");
const flag = (name) => process.argv.find((argument) => argument.startsWith(name + "=")).slice(name.length + 1);
copyFileSync(flag("--config.file"), __dirname + "/seen.json");
const [host, port] = flag("--web.listen-address").split(":");
createServer((request, response) => response.end(request.url)).listen(Number(port), host);
`;

/** Writes it into the folder, as `prometheus`; one that `fails` ends at once. */
export async function writePrometheusProgram(folder: string, fails = false): Promise<string> {
  const path = join(folder, "prometheus");
  await writeFile(path, fails ? `#!${process.execPath}\nprocess.exit(1);\n` : source);
  await chmod(path, 0o755);
  return path;
}
