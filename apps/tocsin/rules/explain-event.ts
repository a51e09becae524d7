import { Problem } from '@tocsin/kernel/problem.ts';
import { logsourceApplies } from '@tocsin/sigma/evaluate/logsource.ts';
import { type Explanation, explainRule } from '@tocsin/sigma/explain/explain-rule.ts';
import { renderExplanation } from '@tocsin/sigma/explain/render-explanation.ts';
import { openLog } from '../scan/open-log.ts';
import { readLog } from '../scan/read-log.ts';
import type { ScanEvent } from '../scan/scan-event.ts';
import { readContent } from './lint-rules.ts';

/** What `tocsin rules explain --json` prints, one for each rule of the file. */
export interface RuleExplanation {
  readonly rule_id: string;
  readonly title: string;
  /** Whether the rule fires on the event in the product: logsource and condition. */
  readonly fires: boolean;
  readonly logsource: {
    readonly applies: boolean;
    readonly rule: Readonly<Record<string, string>>;
    readonly event: readonly Readonly<Record<string, string>>[];
  };
  readonly condition: Explanation;
}

/** Explains what the rules of a file make of one record of a log. @param now milliseconds since 1970 */
export async function explainEvent(
  rulePath: string,
  eventPath: string,
  record: number,
  now: number,
): Promise<readonly RuleExplanation[]> {
  const { rules, refused } = await readContent([rulePath], undefined);
  const [fault] = refused;
  if (rules.length === 0) {
    const why = fault === undefined ? 'there is no detection rule in it' : fault.message;
    throw new Problem('invalid_request', { detail: `${rulePath}: ${why}.` });
  }
  const event = await recordOf(eventPath, record, now);
  return rules.map((rule) => {
    const applies = logsourceApplies(rule.logsource, event.logsources);
    const condition = explainRule(rule.expression, event.fields);
    return {
      rule_id: rule.id,
      title: rule.title,
      fires: applies && condition.holds,
      logsource: {
        applies,
        rule: { ...rule.logsource },
        event: event.logsources.map((triple) => ({ ...triple })),
      },
      condition,
    };
  });
}

/** The same for people. */
export function explanationText(explanations: readonly RuleExplanation[]): string {
  return explanations.map(oneText).join('\n\n');
}

function oneText({ title, fires, logsource, condition }: RuleExplanation): string {
  const own = Object.values(logsource.rule).join('/');
  const event = logsource.event
    .map((triple) =>
      Object.values(triple)
        .map((part) => part || '-')
        .join('/'),
    )
    .join(', ');
  return [
    `${title}: ${fires ? 'fires' : 'does not fire'}`,
    `${logsource.applies ? 'yes' : 'no '}  logsource: the rule is for ${own}, the event is ${event || 'of no known log'}`,
    renderExplanation(condition),
  ].join('\n');
}

async function recordOf(path: string, record: number, now: number): Promise<ScanEvent> {
  const log = await openLog(path, now);
  let index = 0;
  try {
    for await (const { events } of readLog(log)) {
      const event = events[record - index];
      if (event !== undefined) return event;
      index += events.length;
    }
  } finally {
    log.close();
  }
  const detail = `${path} has ${index} records; --record counts from 0.`;
  throw new Problem('invalid_request', { detail });
}
