import type { Episode, WindowState } from '@tocsin/correlation/window.ts';
import type { TenantId } from '@tocsin/kernel/tenant-id.ts';
import type { FrameMatches } from './match-frame.ts';
import type { Rule } from './rule.ts';
import { alertId } from './score-alert.ts';

/** An episode that a frame opened or added to, as it is at the frame's end. */
export interface FrameEpisode {
  readonly alertId: string;
  readonly rule: Rule;
  readonly group: string;
  readonly episode: Episode;
  /** Index of the add that opened it, when this frame did. */
  readonly openedAt: number | undefined;
}

/** The episodes that the counted adds of a frame changed: one each, in its last state, in order of first change. */
export function frameEpisodes(
  tenantId: TenantId,
  frame: FrameMatches,
  states: readonly WindowState[],
): readonly FrameEpisode[] {
  const changed = new Map<string, FrameEpisode>();
  for (const [index, state] of states.entries()) {
    const { episode } = state;
    const rule = frame.rules[index];
    const group = frame.adds[index]?.group;
    if (episode === undefined || state.outcome !== 'counted') continue;
    if (rule === undefined || group === undefined) continue;
    const key = `${rule.document.id}\0${episode.openedBy}\0${group}`;
    const before = changed.get(key);
    changed.set(key, {
      alertId: before?.alertId ?? alertId(tenantId, rule.document.id, group, episode.openedBy),
      rule,
      group,
      episode,
      openedAt: before?.openedAt ?? (state.opened ? index : undefined),
    });
  }
  return [...changed.values()];
}
