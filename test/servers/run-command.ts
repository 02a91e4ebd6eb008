/** Runs a program to its end, for the tests' set-up. */
import { spawn } from "node:child_process";
import { setPriority } from "node:os";

/** How a command is run. */
export interface CommandOptions {
  readonly cwd?: string;
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Hears each line of output as it comes. */
  readonly onLine?: (line: string) => void;
  /** 0 is normal, 19 the humblest; a long build is run at 10. */
  readonly nice?: number;
}

/**
 * What the command printed on standard output.
 *
 * @throws Error if it cannot be started or ends with another code than 0, with
 *   the last 2,000 characters of what it printed.
 */
export async function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<string> {
  const child = spawn(command, [...args], {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: { ...process.env, ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  if (child.pid !== undefined && options.nice !== undefined) setPriority(child.pid, options.nice);
  const printed = { out: "", all: "" };
  for (const stream of [child.stdout, child.stderr]) {
    let rest = "";
    stream.setEncoding("utf8").on("data", (text: string) => {
      printed.all += text;
      if (stream === child.stdout) printed.out += text;
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) options.onLine?.(line);
    });
  }
  const { promise, resolve, reject } = Promise.withResolvers<number | null>();
  child.once("error", reject).once("close", resolve);
  const code = await promise;
  if (code !== 0)
    throw new Error(`${command} ${args.join(" ")} ended with ${code}:\n${printed.all.slice(-2_000)}`);
  return printed.out;
}
