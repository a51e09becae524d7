import type { RuleDocument } from '@tocsin/content/rule-document.ts';
import type { NormalizedEvent } from '@tocsin/contracts/normalized-event.ts';
import { stepWindow } from '@tocsin/correlation/step-window.ts';
import type { Episode } from '@tocsin/correlation/window.ts';
import type { WindowGroup } from '@tocsin/correlation/window-group.ts';
import { assert } from '@tocsin/kernel/assert.ts';
import type { WindowAdd } from '@tocsin/windows/window-store.ts';
import { addOf } from './match-frame.ts';
import { buildRuleRegistry } from './rule-registry.ts';

/** That an event matches a rule on trial, and the group it would be counted in. */
export interface TrialMatch {
  /** Undefined: it has no value to group by, so it would count nowhere. */
  readonly group: string | undefined;
}

/** An alert that a rule on trial would have opened. */
export interface TrialAlert {
  readonly group: string;
  readonly episode: Episode;
}

/** A rule tried on events of the past. Keeps every match: who feeds it bounds how many events it sees. */
export interface RuleTrial {
  /** The categories of the events it looks at. */
  readonly categories: readonly string[];
  /** Takes an event, in any order; undefined when the rule does not match it. */
  note(event: NormalizedEvent): TrialMatch | undefined;
  /** The alerts that the events so far would have opened had they come in the order of their times. */
  alerts(): readonly TrialAlert[];
}

/**
 * Compiles a rule to try it on stored events. Their log source is not stored, so it is not asked for.
 *
 * @throws Problem `invalid_request` that points at the member at fault
 */
export function tryRule(document: RuleDocument): RuleTrial {
  const { logsources: _unknown, ...rest } = document;
  const [rule] = buildRuleRegistry([rest]).rules;
  assert(rule !== undefined, 'one document makes one rule');
  const adds: WindowAdd[] = [];
  return {
    categories: rule.categories,
    note(event) {
      if (!rule.categories.includes(event.category) || !rule.matches(event)) return undefined;
      const group = rule.groupOf(event);
      if (group !== undefined) adds.push(addOf(rule, group, event, event.timestamp, []));
      return { group };
    },
    alerts: () => episodesOf(adds.toSorted((a, b) => a.at - b.at)),
  };
}

function episodesOf(adds: readonly WindowAdd[]): TrialAlert[] {
  const groups = new Map<string, WindowGroup>();
  const found = new Map<string, TrialAlert>();
  for (const add of adds) {
    const { state, result } = stepWindow(add.rule, groups.get(add.group), add);
    groups.set(add.group, state);
    const { episode } = result;
    if (episode === undefined) continue;
    found.set(`${episode.openedBy}\0${add.group}`, { group: add.group, episode });
  }
  return [...found.values()];
}
