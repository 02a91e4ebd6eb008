/**
 * Who may import whom. One row a folder of src/; a folder that is not in its own
 * row may not be imported, not even for a type. `npm` are the packages its files
 * may import (null: any that package.json lists), `node` whether they may use
 * Node's own modules.
 *
 * Changing a row changes the architecture: say why in docs/decisions/, then run
 * `npm run architecture`.
 */
const statistics = ["@stdlib/[^/]+"];
const sampleReaders = ["zod", "undici"];
const database = ["kysely", "pg", "graphile-worker", "zod"];
const cluster = ["zod", "undici", "yaml"];
const grpc = ["@grpc/grpc-js", "@grpc/proto-loader"];
const adapter = ["base", "engine", "analysis", "adapters/http", "adapters/kubernetes"];
const everything = ["base", "engine", "wire", "analysis", "sources", "store", "work", "adapters"];
const layers = [
  { folder: "base", imports: [], npm: ["re2js"], node: true },
  { folder: "engine", imports: [], npm: statistics, node: false },
  { folder: "wire", imports: ["base"], npm: grpc, node: true },
  { folder: "analysis", imports: ["base", "engine"], npm: ["zod", "yaml"], node: false },
  {
    folder: "sources",
    imports: ["base", "analysis"],
    npm: sampleReaders,
    node: true,
  },
  { folder: "store", imports: ["base", "analysis"], npm: database, node: true },
  // Its jobs are in the store's database; the store is handed what it adds them by.
  { folder: "work", imports: ["base", "analysis", "store"], npm: [...database, "tinyqueue"], node: true },
  { folder: "adapters/argo-rollouts", imports: [...adapter, "wire"], npm: null, node: true },
  // What the adapters of Kubernetes' controllers share; it knows a cluster and no canary.
  { folder: "adapters/kubernetes", imports: ["base"], npm: cluster, node: true },
  { folder: "adapters/(?!(?:argo-rollouts|kubernetes)/)[^/]+", imports: adapter, npm: null, node: true },
  { folder: "app", imports: everything, npm: null, node: true },
  { folder: "bin", imports: ["app"], npm: [], node: true },
];

/** The files of src/analysis that a source or a store is written against: the ports and what passes through them. */
const portFiles = "^src/analysis/(ports|selector|analysis-record|result|gates/gate|audit/audit-entry)[.]ts$";

const packages = ["npm", "npm-dev", "npm-optional", "npm-peer", "npm-no-pkg", "npm-unknown"];

function rulesOf({ folder, imports, npm, node }) {
  const name = folder.startsWith("adapters/(") ? "adapters" : folder.replace("/", "-");
  const from = { path: `^src/(${folder})/` };
  const rules = [
    {
      name: `imports-of-${name}`,
      comment:
        `src/${name} may import ${imports.join(", ") || "nothing else of src"}. ` +
        "Let the caller hand the thing in, or move it to the folder whose idea it is.",
      severity: "error",
      from,
      to: { path: "^src/", pathNot: ["^src/$1/", ...imports.map((allowed) => `^src/${allowed}/`)] },
    },
  ];
  if (npm !== null) {
    rules.push({
      name: `packages-of-${name}`,
      comment: `src/${name} may use ${npm.join(", ") || "no package"}. Keep the package in the adapter or in app, or extend the row.`,
      severity: "error",
      from,
      to: {
        dependencyTypes: packages,
        pathNot: npm.flatMap((wanted) => [`(^|/)node_modules/${wanted}/`, `^${wanted}$`]),
      },
    });
  }
  if (!node) {
    rules.push({
      name: `no-node-in-${name}`,
      comment: `src/${name} is pure: take time, chance, files and sockets as arguments (see src/analysis/ports.ts).`,
      severity: "error",
      from,
      to: { dependencyTypes: ["core"] },
    });
  }
  return rules;
}

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...layers.flatMap(rulesOf),
    {
      name: "folder-has-a-row",
      comment: "A new folder of src/ says who it is: add a row to the table in .dependency-cruiser.mjs.",
      severity: "error",
      from: { path: "^src/", pathNot: layers.map(({ folder }) => `^src/${folder}/`) },
      to: {},
    },
    {
      name: "only-ports",
      comment:
        "Sources and stores know the ports of the analysis, not its inside: " +
        "import ports.ts, selector.ts, analysis-record.ts, result.ts, gates/gate.ts or audit/audit-entry.ts, or let app hand the thing in.",
      severity: "error",
      from: { path: "^src/(sources|store)/" },
      to: { path: "^src/analysis/", pathNot: portFiles },
    },
    {
      name: "yaml-only-in-spec",
      comment: "YAML is a way to write a spec: parse it in src/analysis/spec and pass the model on.",
      severity: "error",
      from: { path: "^src/analysis/", pathNot: "^src/analysis/spec/" },
      to: { dependencyTypes: packages, path: "(^|/)(node_modules/)?yaml(/|$)" },
    },
    {
      name: "grpc-only-in-its-mode",
      comment:
        "A plugin over net/rpc is on Node alone and starts soon: what needs a package is in src/wire/go-plugin/grpc, " +
        "which loads it when it is served.",
      severity: "error",
      from: { path: "^src/wire/", pathNot: "^src/wire/go-plugin/grpc/" },
      to: { dependencyTypes: packages },
    },
    {
      name: "no-cycles",
      comment: "Two files that need each other are one idea, or hide a third: join them, or cut it out.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "no-orphans",
      comment: "Nothing imports this file and it imports nothing: use it or delete it.",
      severity: "error",
      from: { orphan: true, path: "^(src|test|tools)/", pathNot: "[.]d[.]ts$" },
      to: {},
    },
    {
      name: "has-a-test",
      comment:
        "Every file of the engine and of the wire is reached by a test: write test/<same path>.test.ts.",
      severity: "error",
      from: { path: "^test/.+[.]test[.]ts$" },
      to: { path: "^src/(engine|wire)/", reachable: false },
    },
    {
      name: "product-stands-alone",
      comment: "src/ is what ships: it never imports test/ or tools/. Move what it needs into src/.",
      severity: "error",
      from: { path: "^src/" },
      to: { path: "^(test|tools)/" },
    },
    {
      name: "test-is-not-imported",
      comment: "A test file is run, never imported: move what is shared to test/support/.",
      severity: "error",
      from: {},
      to: { path: "[.]test[.]ts$" },
    },
    {
      name: "no-dev-package",
      comment: "src/ runs where dev dependencies are not installed: move the package to dependencies.",
      severity: "error",
      from: { path: "^src/" },
      to: { dependencyTypes: ["npm-dev"], dependencyTypesNot: ["type-only"] },
    },
    {
      name: "is-there",
      comment: "The import leads nowhere: correct the path, or add the package to package.json.",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^test/tools/[^/]+/testdata/" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "types", "node", "default"],
    },
  },
};
