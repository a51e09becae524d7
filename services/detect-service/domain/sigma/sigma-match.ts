import type { Logsource } from '@tocsin/contracts/normalized-event.ts';
import { ruleKey } from '@tocsin/sigma/correlation/correlation-rule.ts';
import type { EventRecord } from '@tocsin/sigma/evaluate/event-record.ts';
import type { SigmaContent } from '@tocsin/sigma/load-sigma.ts';
import type { SigmaRule } from '@tocsin/sigma/rule/rule.ts';
import type { RuleSet } from '@tocsin/sigma/rule-set.ts';
import type { Rule } from '../rule.ts';
import { alertingRule, opensAlerts } from './alerting-rule.ts';

/** A Sigma rule that an event matched. */
export interface SigmaMatch {
  /** Stored with the event. */
  readonly ruleId: string;
  /** How it becomes an alert; undefined when it only marks the event. */
  readonly alerting: Rule | undefined;
}

/** What an event is to Sigma rules. */
export interface RecordedEvent {
  readonly fields: EventRecord;
  readonly logsources: readonly Logsource[];
  /** JSON that says the same as `fields`, where there is one. */
  readonly json?: string;
}

/** Rules and correlations as they are read from files. */
export type SigmaInUse = Pick<SigmaContent, 'rules' | 'silent' | 'correlations'>;

/** The same with the rules' tables: built elsewhere, for rules that are many. */
export type SigmaReady = SigmaInUse & { readonly set?: RuleSet };

/** How a rule becomes alerts, when it does. */
export function matchOf(rule: SigmaRule, silent: ReadonlySet<string>): SigmaMatch {
  const ruleId = ruleKey(rule);
  const opens = opensAlerts(rule) && !silent.has(ruleId);
  return { ruleId, alerting: opens ? alertingRule(rule) : undefined };
}
