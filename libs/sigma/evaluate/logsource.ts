import type { RuleLogsource } from '../rule/rule.ts';

/** One logsource an event belongs to, in lower case: all three keys are stated, `''` where the taxonomy has none. */
export interface Logsource {
  readonly product: string;
  readonly category: string;
  readonly service: string;
}

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

/**
 * Whether no key contradicts: what one side leaves out prunes nothing. For labels that state only what is sure; the
 * product states whole triples and uses {@link logsourceApplies}.
 */
export function logsourceCompatible(rule: RuleLogsource, stated: Logsource): boolean {
  return (
    agrees(rule.product, stated.product) &&
    agrees(rule.category, stated.category) &&
    agrees(rule.service, stated.service)
  );
}

function agrees(wanted: string | undefined, stated: string): boolean {
  return wanted === undefined || stated === '' || wanted === stated;
}
