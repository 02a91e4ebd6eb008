/** What a source says of itself to be let in. */
import { readFile } from "node:fs/promises";
import { unreachable } from "../../base/unreachable.ts";
import { describeCause, FailedTry } from "./failed-try.ts";
import type { PrometheusSourceSettings } from "./prometheus-settings.ts";

/**
 * The value of the Authorization header, null for none. A secret's file is read
 * at every call; a line break at its end is not part of the secret.
 *
 * @throws FailedTry if the file cannot be read or holds no secret: it may be in
 *   the middle of being replaced.
 */
export async function authorizationOf(auth: PrometheusSourceSettings["auth"]): Promise<string | null> {
  switch (auth.kind) {
    case "none":
      return null;
    case "bearer": {
      const token = auth.token ?? (await readSecret("tokenFile", auth.tokenFile)).trim();
      if (!/^[\x21-\x7e]+$/.test(token)) throw new FailedTry(`tokenFile ${auth.tokenFile} holds no token`);
      return `Bearer ${token}`;
    }
    case "basic": {
      const password = auth.password ?? (await readSecret("passwordFile", auth.passwordFile));
      return `Basic ${Buffer.from(`${auth.username}:${password}`).toString("base64")}`;
    }
    default:
      return unreachable(auth);
  }
}

async function readSecret(setting: string, path = ""): Promise<string> {
  try {
    return (await readFile(path, "utf8")).replace(/\r?\n$/, "");
  } catch (cause) {
    throw new FailedTry(`${setting} cannot be read: ${describeCause(cause)}`, { cause });
  }
}
