import { onTestFinished } from "vitest";
import { type OwnProcess, startOwnProcess } from "../../servers/own-process.ts";
import type { QueueProcessOptions } from "./queue-process.ts";

const program = new URL("./queue-process.ts", import.meta.url).pathname;

/** Starts a replica, which is ended with the test at the latest; ready once it takes looks. */
export async function startQueueProcess(url: string, options: QueueProcessOptions): Promise<OwnProcess> {
  let printed = "";
  const onOutput = (text: string) => {
    printed += text;
  };
  const isReady = async () => printed.includes("ready");
  const args = [program, url, JSON.stringify(options)];
  const started = await startOwnProcess(process.execPath, args, isReady, { onOutput });
  onTestFinished(() => started.kill());
  return started;
}
