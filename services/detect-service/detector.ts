import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import type { ScoredAlert } from '@tocsin/contracts/alert.ts';
import type { NormalizedEvent } from '@tocsin/contracts/normalized-event.ts';
import type { WindowState } from '@tocsin/correlation/window.ts';
import type { World } from '@tocsin/kernel/world.ts';
import type { WindowSource, WindowStore } from '@tocsin/windows/window-store.ts';
import { AlertCoalescer } from './domain/alert-coalescer.ts';
import { type FrameEpisode, frameEpisodes } from './domain/frame-episodes.ts';
import { type FrameMatches, matchFrame, type SigmaMatcher } from './domain/match-frame.ts';
import { MutedAlerts } from './domain/muted-alerts.ts';
import type { RuleRegistry } from './domain/rule-registry.ts';
import { scoreAlert } from './domain/score-alert.ts';
import { stormAdd, stormAlert, stormRule } from './domain/storm.ts';

/** What a detector runs on. */
export interface DetectorParts {
  readonly rules: RulesByTenant;
  /** Sigma rules beside them; default: none. */
  readonly sigma?: SigmaMatcher;
  readonly windows: WindowStore;
  readonly world: World;
  /** Alerts a rule may open a minute for a tenant; default `STORM_ALERTS_MAX`. */
  readonly stormAlertsMax?: number;
  /** Told what is counted; default: nobody. */
  readonly counts?: DetectCounts;
}

/** The rules that watch a tenant; asked for each frame, so that a set may be swapped between two. */
export interface RulesByTenant {
  of(tenantId: string): RuleRegistry;
  readonly longestLookbackMs: number;
}

/** What detect counts, by tenant. Metrics of the process stand behind it. */
export interface DetectCounts {
  count(what: DetectCount, tenantId: string, ruleId: string, by: number): void;
}

/** Names of what is counted: each is something that a person may ask about. */
export type DetectCount =
  | 'alerts_opened'
  | 'alerts_muted_by_storm'
  | 'events_late'
  | 'events_repeated'
  | 'events_clock_wrong'
  | 'sequence_events_dropped'
  | 'matches_without_group';

/** What became of one frame. */
export interface FrameDetection {
  /** Ids of the rules that each event matched; undefined for none. Stored with the event. */
  readonly matches: (readonly string[] | undefined)[];
  /** Alerts to publish now, in order, all of the frame's tenant. */
  readonly alerts: ScoredAlert[];
}

/** The stage between normalise and store (design 3.4). One owner per source; frames in order. */
export interface Detector {
  /**
   * Matches a frame, moves its windows, and gives the alerts to publish now.
   * A frame the windows have applied already gives its matches and no alerts.
   * Must be called for every frame, also one without events, so that the applied offset moves on.
   *
   * @param receivedAt when the frame was accepted, milliseconds since 1970
   * @param suppressAlerts true for a frame at or below the committed cursor that is read again because windows
   *   were lost: it fills them and publishes nothing
   */
  detectFrame(
    tenant: TenantContext,
    source: WindowSource,
    events: readonly NormalizedEvent[],
    receivedAt: number,
    suppressAlerts: boolean,
  ): Promise<FrameDetection>;
  /** Updates of all tenants that were held back and whose second is over; call it a few times a second. */
  dueAlerts(): ScoredAlert[];
  /** Every update held back, of all tenants. Publish them before a checkpoint of the windows. */
  flushAlerts(): ScoredAlert[];
  /** How far to rewind when windows were lost: the longest window plus lateness, milliseconds. */
  readonly longestLookbackMs: number;
}

/** Composes rules and windows into the detect stage. */
export function createDetector(parts: DetectorParts): Detector {
  const { windows, rules, world } = parts;
  const coalescer = new AlertCoalescer();
  const muted = new MutedAlerts();
  const now = (): number => world.clock.monotonic();
  return {
    get longestLookbackMs() {
      return rules.longestLookbackMs;
    },
    dueAlerts: () => coalescer.due(now()),
    flushAlerts: () => coalescer.flush(now()),
    async detectFrame(tenant, source, events, receivedAt, suppressAlerts) {
      const frame = matchFrame(rules.of(tenant.tenantId), events, receivedAt, parts.sigma);
      const states = await windows.add(tenant, frame.adds, source);
      countFrame(parts.counts, tenant, frame, states);
      const episodes = frameEpisodes(tenant.tenantId, frame, states);
      const storms = await countOpenings(parts, tenant, source, episodes, receivedAt, muted);
      if (suppressAlerts) return { matches: frame.matches, alerts: [] };
      const changed = episodes
        .filter((changedOne) => !muted.has(changedOne.alertId))
        .map(({ rule, group, episode }) => scoreAlert(tenant.tenantId, rule, group, episode));
      const alerts: ScoredAlert[] = [];
      for (const alert of [...changed, ...storms]) {
        const out = coalescer.offer(alert, now());
        if (out !== undefined) alerts.push(out);
      }
      return { matches: frame.matches, alerts };
    },
  };
}

/** Counts the alerts a frame opened against the cap of their rules; mutes those past it and gives the storm alerts. */
async function countOpenings(
  parts: DetectorParts,
  tenant: TenantContext,
  source: WindowSource,
  episodes: readonly FrameEpisode[],
  receivedAt: number,
  muted: MutedAlerts,
): Promise<ScoredAlert[]> {
  const opened = episodes.filter((episode) => episode.openedAt !== undefined);
  if (opened.length === 0) return [];
  const adds = opened.map(({ rule, episode }) =>
    stormAdd(stormRule(rule.document.id, parts.stormAlertsMax), episode.openedBy, receivedAt),
  );
  // A source of its own beside the frame's, so that a frame's offset covers its openings exactly once too.
  const states = await parts.windows.add(tenant, adds, {
    source: `${source.source}#openings`,
    offset: source.offset,
  });
  const storms = new Map<string, ScoredAlert>();
  for (const [index, { rule, alertId }] of opened.entries()) {
    const storm = states[index]?.episode;
    const ruleId = rule.document.id;
    parts.counts?.count('alerts_opened', tenant.tenantId, ruleId, 1);
    if (storm === undefined) continue;
    muted.add(alertId);
    parts.counts?.count('alerts_muted_by_storm', tenant.tenantId, ruleId, 1);
    storms.set(ruleId, stormAlert(tenant.tenantId, rule, storm));
  }
  return [...storms.values()];
}

function countFrame(
  counts: DetectCounts | undefined,
  tenant: TenantContext,
  frame: FrameMatches,
  states: readonly WindowState[],
): void {
  if (counts === undefined) return;
  if (frame.clockWrong > 0)
    counts.count('events_clock_wrong', tenant.tenantId, '', frame.clockWrong);
  if (frame.ungrouped > 0) {
    counts.count('matches_without_group', tenant.tenantId, '', frame.ungrouped);
  }
  for (const [index, { outcome, dropped }] of states.entries()) {
    const ruleId = frame.rules[index]?.document.id ?? '';
    if (dropped !== undefined) {
      counts.count('sequence_events_dropped', tenant.tenantId, ruleId, dropped);
    }
    if (outcome === 'late') counts.count('events_late', tenant.tenantId, ruleId, 1);
    if (outcome === 'repeated') counts.count('events_repeated', tenant.tenantId, ruleId, 1);
  }
}
