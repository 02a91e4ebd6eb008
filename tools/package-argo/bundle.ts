/** The plugin's programs, each in one file. */
import { join } from "node:path";
import { build, type Plugin } from "esbuild";

/** A package whose code is in the bundles. */
export interface BundledPackage {
  readonly name: string;
  /** Its folder, absolute. */
  readonly folder: string;
}

/**
 * Writes `plugin.js` (the main thread: little code, so that the handshake comes
 * soon), `argo-worker.js` (all the rest), `grpc.js` (what is loaded where gRPC is
 * spoken) and `install.js`.
 *
 * Names are kept and only white space goes: what is left of a stack trace in the
 * controller's log can still be read, and it costs neither time nor memory.
 */
export async function bundlePlugin(repository: string, folder: string): Promise<readonly BundledPackage[]> {
  const { metafile } = await build({
    absWorkingDir: repository,
    entryPoints: {
      plugin: "tools/package-argo/plugin-entry.ts",
      "argo-worker": "src/bin/argo-worker.ts",
      grpc: "tools/package-argo/grpc-entry.ts",
      install: "tools/package-argo/install.ts",
    },
    alias: { undici: "./tools/package-argo/slim-undici.cjs" },
    plugins: [grpcApart],
    outdir: folder,
    bundle: true,
    platform: "node",
    target: "node24",
    format: "cjs",
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: "eof",
    metafile: true,
    logLevel: "warning",
    // It would be undefined in the bundle, and first be missed where it is used.
    logOverride: { "empty-import-meta": "error" },
  });
  const found = new Map<string, BundledPackage>();
  const inputs = Object.values(metafile.outputs).flatMap((output) => Object.keys(output.inputs));
  for (const input of inputs) {
    const [path, name] = /^(?:.*\/)?node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input) ?? [];
    if (path !== undefined && name !== undefined) found.set(path, { name, folder: join(repository, path) });
  }
  return [...found.values()].sort((a, b) => (a.folder < b.folder ? -1 : 1));
}

/** The modules of grpc-entry.ts stay out of the other programs, which import them only when they are wanted. */
const grpcApart: Plugin = {
  name: "grpc-apart",
  setup({ onResolve }) {
    const modules = /\/(?:remote-providers|grpc-services|grpc-host)\.ts$/;
    onResolve({ filter: modules }, ({ kind }) =>
      kind === "dynamic-import" ? { path: "./grpc.js", external: true } : undefined,
    );
  },
};
