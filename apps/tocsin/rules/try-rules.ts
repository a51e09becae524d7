import { systemClock } from '@tocsin/kernel/clock.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import { ruleKey } from '@tocsin/sigma/correlation/correlation-rule.ts';
import {
  type CorrelationFinding,
  CorrelationRunner,
} from '@tocsin/sigma/correlation/run-correlations.ts';
import type { SigmaContent } from '@tocsin/sigma/load-sigma.ts';
import { RuleSet } from '@tocsin/sigma/rule-set.ts';
import { type ScanEvent, textEvents } from '../scan/scan-event.ts';

/**
 * A sample: a raw line as the device writes it, an event as JSON, an event with the logsource it is for, or several of
 * these one after another.
 */
export type Sample = string | Readonly<Record<string, unknown>> | readonly Sample[];

/** Makes the events of a sample as the product's sources would. */
export function sampleEvents(sample: Sample): readonly ScanEvent[] {
  if (isList(sample)) return sample.flatMap(sampleEvents);
  if (typeof sample === 'string') return textEvents(sample, systemClock.now());
  const { logsource, event, ...rest } = sample;
  if (!isObject(logsource) || !isObject(event) || Object.keys(rest).length > 0) {
    return textEvents(JSON.stringify(sample), systemClock.now());
  }
  const { product = '', category = '', service = '' } = logsource;
  const stated = { product: String(product), category: String(category), service: String(service) };
  return textEvents(JSON.stringify(event), systemClock.now()).map((one) => ({
    ...one,
    logsources: [stated],
  }));
}

/** The titles of what alerts on events: rules that are not silent, and correlations. */
export function alertsOn(content: SigmaContent, events: readonly ScanEvent[]): readonly string[] {
  const rules = new RuleSet(content.rules);
  const runner = new CorrelationRunner(content.correlations, { latenessMs: 300_000 });
  const titles = new Set<string>();
  const addTitles = (findings: readonly CorrelationFinding[]): void => {
    for (const { correlation } of findings) {
      if (!content.silent.has(correlation.key)) titles.add(correlation.title);
    }
  };
  let newest = Number.NEGATIVE_INFINITY;
  for (const [index, event] of events.entries()) {
    const matched = rules.matcherFor(event.logsources).match(event.fields);
    for (const rule of matched) if (!content.silent.has(ruleKey(rule))) titles.add(rule.title);
    if (event.time === undefined) continue;
    newest = Math.max(newest, event.time);
    const wanted = matched.filter((rule) => runner.wants(rule));
    if (wanted.length === 0) continue;
    addTitles(runner.add(`${index}`, event.time, event.fields, wanted));
  }
  if (Number.isFinite(newest)) {
    for (const { correlation } of runner.advance(newest + SETTLED_MS))
      titles.add(correlation.title);
  }
  return [...titles];
}

/** How much later than its last event a sample is looked at: windows up to an hour have ended. */
const SETTLED_MS = 3_600_000 + 300_000;

function isList(sample: Sample): sample is readonly Sample[] {
  return Array.isArray(sample);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The samples of a file, checked. @throws Problem */
export function parseSamples(value: unknown, file: string): { match: Sample[]; noMatch: Sample[] } {
  const { match, no_match: noMatch, ...rest } = isObject(value) ? value : {};
  if (isSamples(match) && isSamples(noMatch) && Object.keys(rest).length === 0) {
    return { match, noMatch };
  }
  const detail = `${file} must be {"match": [...], "no_match": [...]}, each a list of lines, events or lists of them.`;
  throw new Problem('invalid_request', { detail });
}

function isSamples(value: unknown): value is Sample[] {
  const isSample = (one: unknown): boolean =>
    typeof one === 'string' || isObject(one) || (Array.isArray(one) && one.every(isSample));
  return Array.isArray(value) && value.every(isSample);
}
