/** Which Coalmine server a remote plugin asks. */
import * as z from "zod";
import { flag } from "../../analysis/spec/scalar-schemas.ts";
import { section } from "../../analysis/spec/section.ts";
import { isLoopback } from "../access/loopback.ts";

const file = z.string("expected the path of a file").min(1, "expected the path of a file").optional();

/** Neither a user nor a path: the first would be a secret in every message, the second means nothing to gRPC. */
const serverUrl = z.string("expected a URL").transform((text, context): ServerAddress => {
  const address = readAddress(text);
  if (address !== null) return address;
  const message = "expected a URL such as https://coalmine.coalmine:50051, without a user or a path";
  context.addIssue({ code: "custom", message });
  return z.NEVER;
});

/** `server` of the plugin's settings: with it, the plugin asks that server for everything. */
export const serverSettings = section({
  url: serverUrl,
  /** Of the token that the server knows the plugin by; without it none is sent. */
  tokenFile: file,
  /** PEM of the authority of the server's certificate; without it those that Node knows. */
  caFile: file,
  /** PEM of the certificate that is shown to a server that asks for one, with its chain. */
  certFile: file,
  keyFile: file,
  /** Sends the token where it can be read on the way: where a mesh encrypts what goes to this address. */
  plaintextTokens: flag.default(false),
}).superRefine(({ url, tokenFile, caFile, certFile, keyFile, plaintextTokens }, context) => {
  const complain = (path: string, message: string) =>
    context.addIssue({ code: "custom", path: [path], message });
  if ((certFile === undefined) !== (keyFile === undefined)) {
    complain(
      certFile === undefined ? "certFile" : "keyFile",
      "is missing; a certificate and its key go together",
    );
  }
  if (url.isEncrypted) return;
  if (caFile !== undefined || certFile !== undefined) complain("url", "certificates take https://");
  if (tokenFile !== undefined && !isLoopback(url.hostname) && !plaintextTokens) {
    complain(
      "url",
      "the token could be read on the way: expected https://; or, where a mesh encrypts what goes there, plaintextTokens: true",
    );
  }
});

export type ServerSettings = z.output<typeof serverSettings>;

export interface ServerAddress {
  /** As in `https://coalmine.coalmine:50051`. */
  readonly url: string;
  readonly hostname: string;
  /** With the port, as in `coalmine.coalmine:50051`. */
  readonly host: string;
  readonly isEncrypted: boolean;
}

function readAddress(text: string): ServerAddress | null {
  const url = URL.parse(text);
  if (url === null || !["http:", "https:"].includes(url.protocol)) return null;
  const { origin, hostname, port, username, password, pathname, search, hash } = url;
  if (hostname === "" || username + password + search + hash !== "" || pathname !== "/") return null;
  const isEncrypted = url.protocol === "https:";
  return {
    url: origin,
    hostname: hostname.replace(/^\[(.*)\]$/, "$1"),
    host: `${hostname}:${port || (isEncrypted ? "443" : "80")}`,
    isEncrypted,
  };
}
