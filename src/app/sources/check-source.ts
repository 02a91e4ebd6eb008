import { createPrometheusSource } from "../../sources/prometheus/prometheus-source.ts";
import type { SourceSettings } from "../settings/settings.ts";
import { systemClock } from "../system-clock.ts";

/** How long the first question is retried: who typed a wrong address should not have to wait for it. */
const checkBudgetMs = 3_000;

/**
 * Asks a Prometheus whether it is there; the scraper asks by itself and tells in
 * its answers.
 *
 * @throws CoalmineError source-unavailable if it does not answer; the signal's reason if it aborts.
 */
export async function checkSource(name: string, entry: SourceSettings, signal: AbortSignal): Promise<void> {
  if (entry.kind !== "prometheus") return;
  const retryBudgetMs = Math.min(checkBudgetMs, entry.settings.retryBudgetMs);
  const settings = { ...entry.settings, retryBudgetMs };
  const probe = createPrometheusSource({ name, settings, clock: systemClock, random: Math.random });
  try {
    await probe.checkReachable(signal);
  } finally {
    await probe.close();
  }
}
