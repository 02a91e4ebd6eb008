/**
 * Keeps web pages of other origins from asking in the name of whoever looks at
 * them. A browser lets any page send requests to any address, this machine's
 * own and those behind a firewall too (CSRF), and a page may turn its own name
 * into such an address (DNS rebinding).
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { isIP } from "node:net";
import { HttpProblem, problemDocument } from "./problem.ts";

export interface PageGuardOptions {
  /** Names that the server is reached by, in lower case, beside addresses and `localhost`. */
  readonly hosts: readonly string[];
  /** Whether a request for another name is refused: where nothing else tells whose it is. */
  readonly refusesOtherHosts: boolean;
}

/** Answers what a foreign page asks for, with 403, and is true then; to be asked before anybody else. */
export type PageGuard = (request: IncomingMessage, response: ServerResponse) => boolean;

export function createPageGuard(options: PageGuardOptions): PageGuard {
  /** As it was asked last by one of its names: to read it again would take longer than the rest. */
  let knownHost: string | undefined;

  function isHostOurs(host: string | undefined): boolean {
    if (!options.refusesOtherHosts || host === undefined || host === knownHost) return true;
    if (!isOurs(nameOf(`http://${host}`), options)) return false;
    knownHost = host;
    return true;
  }

  return (request, response) => {
    const { host } = request.headers;
    const why = isHostOurs(host)
      ? foreignness(request, options)
      : `nobody asks this server by the name ${shown(host ?? "")}; ${remedy}`;
    if (why === null) return false;
    const problem = problemDocument(new HttpProblem(403, why, { code: "forbidden" }));
    const text = JSON.stringify(problem);
    response.writeHead(problem.status, {
      "Content-Type": "application/problem+json; charset=utf-8",
      "Content-Length": Buffer.byteLength(text),
      "Cache-Control": "no-store",
      "X-Content-Type-Options": "nosniff",
      // What is left of the body is not worth reading.
      Connection: "close",
    });
    response.end(text);
    return true;
  };
}

/**
 * Why a request is no page of ours, nor anything but a page; null if it may be
 * either. Programs send neither `Origin` nor `Sec-Fetch-Site`, and no page can
 * leave out or change what the browser says in them (Fetch, §3.2 and Fetch
 * Metadata, §2.3).
 */
function foreignness(request: IncomingMessage, options: PageGuardOptions): string | null {
  const { host, origin, "sec-fetch-site": site } = request.headers;
  switch (site) {
    case "same-origin":
    case "none":
      return null;
    case undefined:
      if (origin === undefined || isSameOrigin(origin, host, options)) return null;
      return `a page of ${shown(origin)} may not ask this server; ${remedy}`;
    default:
      return isVisit(request) ? null : "a page of another origin may not ask this server";
  }
}

const remedy = "if it is meant for it, add the name to listen.hosts in the server's settings";

/** What answers programs; a link on another page leads nowhere there, for under some of these even a GET starts something. */
const apis = /^\/(v1|prometheus|flagger|gate|rollback)([/?]|$)/i;

/** Somebody followed a link to one of our pages. */
function isVisit({ method, url = "", headers }: IncomingMessage): boolean {
  const isDocument = headers["sec-fetch-mode"] === "navigate" && headers["sec-fetch-dest"] === "document";
  return isDocument && (method === "GET" || method === "HEAD") && !apis.test(url);
}

/** Null for what is no address of a host, perhaps with a port, and nothing else. */
function nameOf(address: string): string | null {
  const url = URL.parse(address);
  if (url === null || url.username !== "" || url.password !== "") return null;
  if (url.pathname !== "/" || url.search !== "" || url.hash !== "") return null;
  return url.hostname.replace(/\.$/, "");
}

/** An address cannot be made to lead elsewhere, as a name can. */
function isOurs(name: string | null, { hosts }: PageGuardOptions): boolean {
  if (name === null) return false;
  const isAddress = isIP(name.replace(/^\[(.*)\]$/, "$1")) !== 0;
  return isAddress || name === "localhost" || name.endsWith(".localhost") || hosts.includes(name);
}

/** TLS may end before the server, and the port be another there; so the scheme says nothing, and a listed name is enough. */
function isSameOrigin(origin: string, host: string | undefined, { hosts }: PageGuardOptions): boolean {
  const page = URL.parse(origin);
  if (page === null) return false;
  return hosts.includes(page.hostname) || page.host === URL.parse(`${page.protocol}//${host}`)?.host;
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, 100));
}
