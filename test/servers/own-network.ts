/**
 * Runs a command in a network and a process table of its own, where nothing but
 * `lo` is: `node test/servers/own-network.ts COMMAND [ARGUMENT…]`. Controllers
 * that listen on every address reach nobody there, and their default ports are
 * free; when the command ends, or this does, whatever it started ends with it,
 * and its temporary folder (`TMPDIR`) goes.
 *
 * Needs Linux, util-linux, and either root or the right to make user namespaces.
 * Where that is missing it says so and ends with code 69; it never runs the
 * command on the machine's own network.
 */
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const [command, ...args] = process.argv.slice(2);
if (command === undefined) {
  console.error("usage: node test/servers/own-network.ts COMMAND [ARGUMENT...]");
  process.exit(64);
}

const unavailable = 69;
const isRoot = process.getuid?.() === 0;
const isolate = [
  // The kernel ends it, and all below, even when this process is killed.
  ...["setpriv", "--pdeathsig", "KILL"],
  ...["unshare", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"],
  ...(isRoot ? [] : ["--user", "--map-root-user"]),
];

// The shell stays as process 1 and buries orphans, which a test would else see as still there.
const bringUp = `
if command -v ip >/dev/null; then ip link set lo up
elif command -v ifconfig >/dev/null; then ifconfig lo up
else echo "no program to bring lo up: install the Debian package iproute2" >&2; exit ${unavailable}
fi || exit ${unavailable}
"$@"
exit $?`;

requireTools();
const [program = "", ...rest] = [...isolate, "sh", "-c", bringUp, "sh"];
const folder = mkdtempSync(join(tmpdir(), "coalmine-own-"));
const child = spawn(program, [...rest, command, ...args], {
  stdio: "inherit",
  env: { ...process.env, TMPDIR: folder },
});
for (const signal of ["SIGTERM", "SIGHUP"] as const)
  process.once(signal, () => {
    child.kill("SIGKILL");
  });
// Ctrl-C reaches the command too, which ends by itself.
process.on("SIGINT", () => {});
child.once("exit", (code) => {
  rmSync(folder, { recursive: true, force: true });
  process.exitCode = code ?? 1;
});

function requireTools(): void {
  const [probe = "", ...probeArgs] = [...isolate, "true"];
  const { status, stderr, error } = spawnSync(probe, probeArgs, { encoding: "utf8" });
  if (status === 0) return;
  const met = (error?.message ?? stderr).trim();
  console.error(
    `a network of its own is wanted for these tests, and this machine does not give one: ${met}\n` +
      "They need Linux with the Debian packages util-linux (unshare, setpriv) and iproute2 (ip), and either root or\n" +
      "user namespaces (sysctl kernel.unprivileged_userns_clone=1, and kernel.apparmor_restrict_unprivileged_userns=0\n" +
      "on Ubuntu). In a container: docker run --privileged, or --cap-add SYS_ADMIN --security-opt seccomp=unconfined.",
  );
  process.exit(unavailable);
}
