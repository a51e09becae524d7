import type { Logsource } from '@tocsin/contracts/normalized-event.ts';
import type { RuleLogsource } from '../rule/rule.ts';

/** Whether all keys a rule states equal those of one triple of the event. */
export function logsourceApplies(rule: RuleLogsource, triples: readonly Logsource[]): boolean {
  return triples.some(
    (triple) =>
      (rule.product === undefined || rule.product === triple.product) &&
      (rule.category === undefined || rule.category === triple.category) &&
      (rule.service === undefined || rule.service === triple.service),
  );
}

/** One spelling for a set of triples: a key of caches. Triples are in lower case. */
export function logsourceKey(triples: readonly Logsource[]): string {
  return triples
    .map(({ product, category, service }) => `${product}|${category}|${service}`)
    .sort()
    .join(',');
}
