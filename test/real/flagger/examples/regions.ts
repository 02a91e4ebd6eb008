/** Shares the pods of a scrape out among regions, so that each is seen in one of them. */
import { z } from "zod";
import { serveText, type TextServer } from "./serve-text.ts";

/**
 * A server for each region, with the series of its pods: of every workload the first pod that comes is of the first
 * region, the next of the second, and so on in turn.
 *
 * @param scrapeConfig of one target that has the series of all pods.
 */
export async function shareOut(
  scrapeConfig: Readonly<Record<string, unknown>>,
  regions: readonly string[],
): Promise<ReadonlyMap<string, TextServer>> {
  const { static_configs } = scrapeConfigSchema.parse(scrapeConfig);
  const url = `http://${static_configs[0].targets[0]}/`;
  const regionOf = new Map<string, string | undefined>();
  const podsOf = new Map<string, number>();

  function isOf(region: string, line: string): boolean {
    const [, pod = "", replicaSet = ""] = /\bpod="((.+?)-[^-"]+)"/.exec(line) ?? [];
    if (!regionOf.has(pod)) {
      const before = podsOf.get(replicaSet) ?? 0;
      podsOf.set(replicaSet, before + 1);
      regionOf.set(pod, regions[before % regions.length]);
    }
    return regionOf.get(pod) === region;
  }

  const servers = regions.map(async (region) => {
    const read = async () => {
      const text = await (await fetch(url)).text();
      return text.replaceAll(/.*\n/g, (line) => (isOf(region, line) ? line : ""));
    };
    return [region, await serveText(read)] as const;
  });
  return new Map(await Promise.all(servers));
}

const scrapeConfigSchema = z.looseObject({
  static_configs: z.tuple([z.looseObject({ targets: z.tuple([z.string()]) })]),
});
