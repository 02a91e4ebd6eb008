import type { NamedSource } from "../../analysis/pick-sources.ts";
import type { SampleSource } from "../../analysis/ports.ts";

/** Sources by the names that the settings give them. */
export type Sources = ReadonlyMap<string, NamedSource>;

/** The same sources with something around each one's reads. */
export function mapSources(
  sources: Sources,
  around: (source: SampleSource, name: string) => SampleSource,
): Sources {
  return new Map(
    [...sources].map(([name, entry]) => [name, { ...entry, source: around(entry.source, name) }]),
  );
}
