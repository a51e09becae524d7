import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import type { ScoredAlert } from '@tocsin/contracts/alert.ts';
import type { NormalizedEvent } from '@tocsin/contracts/normalized-event.ts';
import type { CorrelationResult } from '@tocsin/correlation/engine/correlation-event.ts';
import type { WindowState } from '@tocsin/correlation/window.ts';
import { parseTenantId, type TenantId } from '@tocsin/kernel/tenant-id.ts';
import type { World } from '@tocsin/kernel/world.ts';
import type { WindowSource, WindowStore } from '@tocsin/windows/window-store.ts';
import { AlertCoalescer } from './domain/alert-coalescer.ts';
import { type FrameEpisode, frameEpisodes } from './domain/frame-episodes.ts';
import { type FrameMatches, matchFrame, type SigmaMatcher } from './domain/match-frame.ts';
import { MutedAlerts } from './domain/muted-alerts.ts';
import { RuleRegistry } from './domain/rule-registry.ts';
import { scoreAlert } from './domain/score-alert.ts';
import { correlationAlert } from './domain/sigma/correlation-alerts.ts';
import {
  type CorrelationCount,
  Correlations,
  type CorrelationUse,
} from './domain/sigma/correlations.ts';
import type { Deferral } from './domain/sigma/deferred-rules.ts';
import { Deferring } from './domain/sigma/deferring.ts';
import type { SigmaRules } from './domain/sigma/sigma-rules.ts';
import { type StormingRule, stormAdd, stormAlert, stormRule } from './domain/storm.ts';

/** What a detector runs on. */
export interface DetectorParts {
  readonly rules: RulesByTenant;
  /** Sigma rules beside them, as each tenant has them; default: none. */
  readonly sigma?: SigmaRules;
  /** Steps a Sigma rule may cost an event on average before it is moved off the hot path; default `STEPS_PER_EVENT_MAX`. */
  readonly sigmaStepsMax?: number | undefined;
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
  | CorrelationCount
  | 'sequence_events_dropped'
  | 'matches_without_group';

/** What became of one frame. */
export interface FrameDetection {
  /** Ids of the rules that each event matched; undefined for none. Stored with the event. */
  readonly matches: (readonly string[] | undefined)[];
  /** Alerts to publish now, in order, all of the frame's tenant. */
  readonly alerts: ScoredAlert[];
  /** Rules that are tried off the hot path are to be tried on events of this frame. */
  readonly isDeferred: boolean;
  /** Rules that this frame moved off the hot path: they were tried on it, and are not on the next. */
  readonly moved: readonly Deferral[];
}

/** An event that rules matched off the hot path. */
export interface FoundEvent {
  readonly event: NormalizedEvent;
  readonly ruleIds: readonly string[];
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
   * @param beforeEvent told before each event is looked at, by its place in `events`
   */
  detectFrame(
    tenant: TenantContext,
    source: WindowSource,
    events: readonly NormalizedEvent[],
    receivedAt: number,
    suppressAlerts: boolean,
    beforeEvent?: (index: number) => void,
  ): Promise<FrameDetection>;
  /**
   * Takes what rules off the hot path found in a frame: windows, correlations and alerts as for
   * {@link Detector.detectFrame}, under a source of its own.
   */
  detectFound(
    tenant: TenantContext,
    source: WindowSource,
    found: readonly FoundEvent[],
    receivedAt: number,
    suppressAlerts: boolean,
  ): Promise<ScoredAlert[]>;
  /**
   * Lets the event time of tenants go on from which nothing has come for a minute, so that absence is found; call it
   * every few seconds. The alerts are to be published like those of a frame.
   */
  idleAlerts(): ScoredAlert[];
  /** What Sigma correlations remember of each tenant. */
  correlationUse(): readonly CorrelationUse[];
  /** Updates of all tenants that were held back and whose second is over; call it a few times a second. */
  dueAlerts(): ScoredAlert[];
  /** Every update held back, of all tenants. Publish them before a checkpoint of the windows. */
  flushAlerts(): ScoredAlert[];
  /** Moves Sigma rules off the hot path and back; undefined without Sigma rules. */
  readonly deferring: Deferring | undefined;
  /** How far to rewind when windows were lost: the longest window plus lateness, milliseconds. */
  readonly longestLookbackMs: number;
}

/** Composes rules and windows into the detect stage. */
export function createDetector(parts: DetectorParts): Detector {
  const { windows, rules, world } = parts;
  const coalescer = new AlertCoalescer();
  const muted = new MutedAlerts();
  const now = (): number => world.clock.monotonic();
  const correlations = correlationsOf(parts);
  const deferring = deferringOf(parts);
  const offered = (alerts: readonly ScoredAlert[]): ScoredAlert[] =>
    alerts.flatMap((alert) => coalescer.offer(alert, now()) ?? []);
  return {
    get longestLookbackMs() {
      return Math.max(rules.longestLookbackMs, correlations?.lookbackMs ?? 0);
    },
    deferring,
    correlationUse: () => correlations?.use() ?? [],
    idleAlerts() {
      const found = correlations?.idle(world.clock.now()) ?? [];
      const alerts = found.flatMap(({ tenantId, results }) =>
        correlated(parts, parseTenantId(tenantId), results).map(({ alert }) => alert),
      );
      return offered(alerts);
    },
    dueAlerts: () => coalescer.due(now()),
    flushAlerts: () => coalescer.flush(now()),
    async detectFrame(tenant, source, events, receivedAt, suppressAlerts, beforeEvent) {
      const { tenantId } = tenant;
      const view = parts.sigma?.of(tenantId);
      const frame = matchFrame(rules.of(tenantId), events, receivedAt, view, beforeEvent);
      const isDeferred = view !== undefined && events.some((event) => view.isDeferredFor(event));
      const alerts = await apply(tenant, source, frame, receivedAt, suppressAlerts);
      const moved = deferring?.look(events.length) ?? [];
      return { matches: frame.matches, alerts, isDeferred, moved };
    },
    async detectFound(tenant, source, found, receivedAt, suppressAlerts) {
      const byEvent = new Map(found.map(({ event, ruleIds }) => [event, new Set(ruleIds)]));
      const view = parts.sigma?.of(tenant.tenantId);
      const matcher: SigmaMatcher = {
        match: (event) => view?.matchFound(event, byEvent.get(event) ?? new Set()),
      };
      const frame = matchFrame(NO_RULES, [...byEvent.keys()], receivedAt, matcher);
      return apply(tenant, source, frame, receivedAt, suppressAlerts);
    },
  };

  async function apply(
    tenant: TenantContext,
    source: WindowSource,
    frame: FrameMatches,
    receivedAt: number,
    suppressAlerts: boolean,
  ): Promise<ScoredAlert[]> {
    const { tenantId } = tenant;
    const results = windows.takes(source)
      ? correlations?.take(tenantId, frame.marked, frame.newestAt, receivedAt)
      : undefined;
    const states = await windows.add(tenant, frame.adds, source);
    countFrame(parts.counts, tenant, frame, states);
    const episodes = frameEpisodes(tenantId, frame, states);
    const found = correlated(parts, tenantId, results ?? []);
    const openings = [...episodes.filter(isOpening).map(openingOf), ...found];
    const storms = await countOpenings(parts, tenant, source, openings, receivedAt, muted);
    if (suppressAlerts) return [];
    const changed = episodes.map(({ rule, group, episode }) =>
      scoreAlert(tenantId, rule, group, episode),
    );
    const shown = [...changed, ...found.map(({ alert }) => alert)].filter(
      ({ alert_id }) => !muted.has(alert_id),
    );
    return offered([...shown, ...storms]);
  }
}

const NO_RULES = new RuleRegistry([]);

/** An alert that a frame opened. */
interface Opening {
  readonly alertId: string;
  readonly openedBy: string;
  readonly document: StormingRule;
}

const isOpening = ({ openedAt }: FrameEpisode): boolean => openedAt !== undefined;

function openingOf({ alertId, episode, rule }: FrameEpisode): Opening {
  return { alertId, openedBy: episode.openedBy, document: rule.document };
}

/** The alerts of what correlations found; a result always opens one. */
function correlated(
  { sigma }: DetectorParts,
  tenantId: TenantId,
  results: readonly CorrelationResult[],
): (Opening & { readonly alert: ScoredAlert })[] {
  const view = sigma?.of(tenantId);
  return results.flatMap((result) => {
    const alerting = view?.alertingOf(result.plan);
    if (alerting === undefined) return [];
    const alert = correlationAlert(tenantId, alerting, result);
    const { rule_id: id, rule_name: name, rule_version: version } = alert;
    const document = { ...alert, id, name, version };
    return [{ alert, alertId: alert.alert_id, openedBy: result.id, document }];
  });
}

function correlationsOf({ sigma, counts, windows }: DetectorParts): Correlations | undefined {
  if (sigma === undefined) return undefined;
  const correlations = new Correlations({
    viewOf: (tenantId) => sigma.of(tenantId),
    count: (what, tenantId, by) => counts?.count(what, tenantId, '', by),
  });
  windows.keep(correlations);
  return correlations;
}

function deferringOf({
  sigma,
  windows,
  world,
  sigmaStepsMax,
}: DetectorParts): Deferring | undefined {
  if (sigma === undefined) return undefined;
  windows.keep(sigma.deferred);
  return new Deferring(sigma, world.clock, sigmaStepsMax);
}

/** Counts the alerts a frame opened against the cap of their rules; mutes those past it and gives the storm alerts. */
async function countOpenings(
  parts: DetectorParts,
  tenant: TenantContext,
  source: WindowSource,
  opened: readonly Opening[],
  receivedAt: number,
  muted: MutedAlerts,
): Promise<ScoredAlert[]> {
  if (opened.length === 0) return [];
  const adds = opened.map(({ document, openedBy }) =>
    stormAdd(stormRule(document.id, parts.stormAlertsMax), openedBy, receivedAt),
  );
  // A source of its own beside the frame's, so that a frame's offset covers its openings exactly once too.
  const states = await parts.windows.add(tenant, adds, {
    source: `${source.source}#openings`,
    offset: source.offset,
  });
  const storms = new Map<string, ScoredAlert>();
  for (const [index, { document, alertId }] of opened.entries()) {
    const storm = states[index]?.episode;
    parts.counts?.count('alerts_opened', tenant.tenantId, document.id, 1);
    if (storm === undefined) continue;
    muted.add(alertId);
    parts.counts?.count('alerts_muted_by_storm', tenant.tenantId, document.id, 1);
    storms.set(document.id, stormAlert(tenant.tenantId, document, storm));
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
