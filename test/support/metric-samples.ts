/** What a registry tells a scraper, by series. */
import type { Registry } from "prom-client";

/** The value of each series, by its name and labels as the text format writes them: `up{job="a"}`. */
export async function metricSamples(registry: Registry): Promise<ReadonlyMap<string, number>> {
  const lines = (await registry.metrics()).split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(
    lines.map((line) => {
      const space = line.lastIndexOf(" ");
      return [line.slice(0, space), Number(line.slice(space + 1))];
    }),
  );
}
