/**
 * Shortest time without a sample that counts as silence, in milliseconds: twice
 * the longest usual scrape interval, so that a slow scrape or a missed one is
 * none, however short the ticks. A sample older than this tells nothing of now.
 */
export const leastSilenceMs = 120_000;
