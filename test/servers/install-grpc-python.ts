/** The Python client of the gRPC tests: grpcio from PyPI, and what its generator makes of proto/, installed once. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { contract, fingerprint, protoFiles, protoFolder } from "./build-grpc-client.ts";
import { cacheFolder, platform } from "./cache-folder.ts";
import { makeOnce } from "./make-once.ts";
import { runCommand } from "./run-command.ts";

const clientFolder = join(import.meta.dirname, "../tools/grpc-python");
const requirements = join(clientFolder, "requirements.txt");

/** How the client is started. */
export interface PythonClient {
  /** The program, to be run by python3. */
  readonly program: string;
  /** What PYTHONPATH must be. */
  readonly path: string;
}

/**
 * The client with its packages, from the cache or installed in half a minute.
 *
 * @param say hears what is going on, a line at a time.
 * @throws Error if Python cannot install them, for instance where PyPI has no wheel for the machine.
 */
export async function installGrpcPython(say: (line: string) => void = () => {}): Promise<PythonClient> {
  const version = (
    await runCommand("python3", ["-c", "import sys; print('%d.%d' % sys.version_info[:2])"])
  ).trim();
  const name = `grpc-python-${version}-${fingerprint([requirements, ...contract()])}-${platform}`;
  const folder = await makeOnce(join(cacheFolder(), name), (into) => install(into, say));
  const path = ["packages", "generated"].map((part) => join(folder, part)).join(":");
  return { program: join(clientFolder, "client.py"), path };
}

/** Not into a virtual environment: none survives being moved. */
async function install(into: string, say: (line: string) => void): Promise<void> {
  say("installing grpcio from PyPI (20 MB, once)");
  const packages = join(into, "packages");
  const pip = ["-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"];
  await runCommand("python3", [...pip, "--target", packages, "--requirement", requirements]);
  const generated = join(into, "generated");
  mkdirSync(generated);
  const out = [`--python_out=${generated}`, `--grpc_python_out=${generated}`];
  const protoc = ["-m", "grpc_tools.protoc", `--proto_path=${protoFolder}`, ...out, ...protoFiles];
  await runCommand("python3", protoc, { env: { PYTHONPATH: packages } });
  say("installed grpcio");
}
