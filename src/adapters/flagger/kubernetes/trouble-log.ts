import type { CoalmineError, ErrorCode } from "../../../base/errors.ts";
import type { Logger } from "../../../base/logger.ts";
import type { CanaryName } from "../hook-call.ts";

/** Says of a namespace once what keeps its events from being told, and once that it is over. */
export interface TroubleLog {
  /** An event was lost; the first of its cause since it last worked is logged. */
  lost(canary: CanaryName, error: CoalmineError): void;
  /** An event of the namespace was told. */
  over(namespace: string): void;
}

/** Callers choose the names: what is remembered of them is bounded, and so is what is logged. */
const mostNamespaces = 1_000;

interface Trouble {
  readonly causes: Set<ErrorCode>;
  lost: number;
}

export function createTroubleLog(logger: Logger): TroubleLog {
  const troubles = new Map<string, Trouble>();
  return {
    lost({ namespace, name }, error) {
      const trouble = troubles.get(namespace) ?? { causes: new Set(), lost: 0 };
      if (!troubles.has(namespace) && troubles.size >= mostNamespaces) return;
      troubles.set(namespace, trouble);
      trouble.lost++;
      if (trouble.causes.has(error.code)) return;
      trouble.causes.add(error.code);
      logger.warn(
        { canary: `${namespace}/${name}`, err: error },
        `an event of a Canary is not told in Kubernetes: ${error.message}`,
      );
    },
    over(namespace) {
      const trouble = troubles.get(namespace);
      if (trouble === undefined) return;
      troubles.delete(namespace);
      logger.info({ namespace, lost: trouble.lost }, "events of Canaries are told in Kubernetes again");
    },
  };
}
