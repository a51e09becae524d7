import { ruleKey } from '@tocsin/sigma/correlation/correlation-rule.ts';
import type { RuleCost } from '@tocsin/sigma/rule-set.ts';
import { countInWords, durationInWords } from '../cli/in-words.ts';
import type { ScanRules } from './load-scan-rules.ts';

/** What a scan did. */
export interface ScanCounts {
  files: number;
  filesFailed: number;
  events: number;
  /** Records that claimed a format and broke it; matched as text. */
  eventsFailed: number;
  /** Only rules without a logsource saw these. */
  eventsWithoutLogsource: number;
  /** Damaged chunks and records, records that were too long. */
  faults: number;
  matches: number;
  readonly rulesMatched: Set<string>;
  readonly byLevel: Map<string, number>;
  cpuMicroseconds: number;
  loadMicroseconds: number;
  /** The rules that cost most. */
  costliest: readonly RuleCost[];
}

export function newCounts(): ScanCounts {
  return {
    files: 0,
    filesFailed: 0,
    events: 0,
    eventsFailed: 0,
    eventsWithoutLogsource: 0,
    faults: 0,
    matches: 0,
    rulesMatched: new Set(),
    byLevel: new Map(),
    cpuMicroseconds: 0,
    loadMicroseconds: 0,
    costliest: [],
  };
}

const LEVELS = ['critical', 'high', 'medium', 'low', 'informational', 'none'];

/** One sentence for the end of every scan. */
export function summary(counts: ScanCounts): string {
  const levels = LEVELS.filter((level) => counts.byLevel.has(level));
  const parts = levels.map((level) => `${level} ${countInWords(counts.byLevel.get(level) ?? 0)}`);
  const found = `${countInWords(counts.matches)} matches of ${counts.rulesMatched.size} rules`;
  const detail = parts.length === 0 ? '' : ` (${parts.join(', ')})`;
  const damage = counts.faults === 0 ? '' : `, ${countInWords(counts.faults)} damaged parts`;
  const unread = counts.filesFailed === 0 ? '' : `, ${counts.filesFailed} files not read`;
  return `${countInWords(counts.events)} events in ${countInWords(counts.files)} files: ${found}${detail}${damage}${unread}`;
}

/** The figures of `--stats`, with the names of the wire. */
export function statsOf(counts: ScanCounts, loaded: ScanRules): Record<string, unknown> {
  const perEvent = counts.events === 0 ? 0 : counts.cpuMicroseconds / counts.events;
  return {
    files: counts.files,
    files_failed: counts.filesFailed,
    events: counts.events,
    events_failed: counts.eventsFailed,
    events_without_logsource: counts.eventsWithoutLogsource,
    faults: counts.faults,
    matches: counts.matches,
    rules_matched: counts.rulesMatched.size,
    cpu_us_per_event: Math.round(perEvent * 10) / 10,
    load_cpu_ms: Math.round(counts.loadMicroseconds / 1000),
    costliest_rules: counts.costliest.map(({ rule, steps, sampledMs }) => ({
      rule_id: ruleKey(rule),
      title: rule.title,
      steps,
      sampled_ms: Math.round(sampledMs * 10) / 10,
    })),
    rules: {
      documents: loaded.documents,
      loaded: loaded.rules.length,
      filters: loaded.filters.length,
      inactive: loaded.inactive.length,
      refused: loaded.refused.length,
      retired: loaded.retired,
      correlations: loaded.correlations.length,
    },
  };
}

/** The same for people. */
export function statsText(counts: ScanCounts, loaded: ScanRules): string {
  const { rules, refused, inactive, filters, correlations, documents, retired } = loaded;
  const perEvent = counts.events === 0 ? 0 : counts.cpuMicroseconds / counts.events;
  return [
    `rules      ${documents} documents: ${rules.length} loaded, ${filters.length} filters, ${inactive.length} inactive, ${refused.length} refused, ${retired} retired, ${correlations.length} correlations; loaded in ${durationInWords(counts.loadMicroseconds / 1000)} of CPU`,
    `events     ${countInWords(counts.events)}, ${countInWords(counts.eventsWithoutLogsource)} without a logsource, ${countInWords(counts.eventsFailed)} that could not be parsed`,
    `damage     ${countInWords(counts.faults)} parts, ${counts.filesFailed} files not read`,
    `cost       ${perEvent.toFixed(1)} us of CPU an event, ${durationInWords(counts.cpuMicroseconds / 1000)} in all`,
    ...counts.costliest.map(
      ({ rule, steps, sampledMs }) =>
        `costly     ${rule.title}: ${countInWords(steps)} steps, about ${durationInWords(sampledMs)}`,
    ),
  ].join('\n');
}
