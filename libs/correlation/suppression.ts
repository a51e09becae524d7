import type { WindowRule } from './window.ts';

/** How long further matches of a rule without a window go to its open alert: 1 hour. */
export const SUPPRESSION_MS = 3_600_000;

/** How late an event may come and still count: 5 minutes (design 3, *Time*). */
export const LATENESS_MS = 300_000;

/**
 * The window of a rule that has none: the first match of a group opens an episode, and further ones
 * within the suppression time of the last belong to it. So one algebra serves every rule (design 3, *Episodes*).
 * A single match is evidence by itself, so it may be as late as the suppression time is long.
 */
export function suppressionRule(id: string, suppressionMs: number = SUPPRESSION_MS): WindowRule {
  const latenessMs = Math.max(LATENESS_MS, suppressionMs);
  return { id, windowMs: suppressionMs, threshold: 1, latenessMs };
}
