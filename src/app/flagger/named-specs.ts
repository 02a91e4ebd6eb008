import type { NamedSpecs } from "../../adapters/flagger/spec/spec-choice.ts";
import { suggestion } from "../../analysis/spec/nearest-word.ts";
import type { Clock } from "../../base/clock.ts";
import { CoalmineError } from "../../base/errors.ts";
import type { Logger } from "../../base/logger.ts";
import { documentProblems } from "../settings/named-specs-settings.ts";
import { faultOf } from "../settings/read-small-file.ts";
import { createSpecsFolder, type SpecsFolder } from "./named-specs-folder.ts";

export interface NamedSpecsOptions {
  /** Those of the settings. */
  readonly specs: Readonly<Record<string, unknown>>;
  /** A folder with more of them; null without one. */
  readonly folder: string | null;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Those that a server knows, with a look at them for its start. */
export interface CheckedSpecs extends NamedSpecs {
  /** Says in the log what is wrong with the folder as it is now; never fails, for it may be mended at any time. */
  check(): Promise<void>;
}

/** How many names an answer lists. */
const mostListed = 50;

/** The specs of the settings and of a folder. A name that both have is the settings'. */
export function createNamedSpecs(options: NamedSpecsOptions): CheckedSpecs {
  const { logger } = options;
  const own = new Map(Object.entries(options.specs));
  const folder = options.folder === null ? noFolder : createSpecsFolder(options.folder, options.clock);

  async function checkFile(name: string): Promise<void> {
    if (own.has(name)) {
      logger.warn({ spec: name }, "a spec of specsFolder has the name of one in the settings, which is used");
      return;
    }
    try {
      const problems = documentProblems(await folder.find(name));
      if (problems.length > 0) logger.warn({ spec: name, problems }, "a spec of specsFolder has problems");
    } catch (thrown) {
      logger.warn(
        { spec: name, error: CoalmineError.from(thrown).message },
        "a spec of specsFolder is unreadable",
      );
    }
  }

  async function inFolder(name: string): Promise<unknown> {
    try {
      return await folder.find(name);
    } catch (thrown) {
      if (thrown instanceof CoalmineError) throw thrown;
      throw notFound(name, `specsFolder ${faultOf(thrown).message}`, thrown);
    }
  }

  return {
    async find(name) {
      const document = own.get(name) ?? (await inFolder(name));
      if (document !== null && document !== undefined) return document;
      const known = new Set([...own.keys(), ...(await folder.names())]);
      throw notFound(name, suggestion(name, [...known].slice(0, mostListed)));
    },
    async check() {
      try {
        await Promise.all((await folder.names()).map(checkFile));
      } catch (thrown) {
        logger.warn({ folder: options.folder, error: String(thrown) }, "specsFolder cannot be read");
      }
    },
  };
}

const noFolder: SpecsFolder = { names: async () => [], find: async () => null };

function notFound(name: string, hint: string, cause?: unknown): CoalmineError {
  return new CoalmineError("not-found", `there is no spec \`${name}\`; ${hint}`, { cause });
}
