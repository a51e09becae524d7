import type { ApiObject } from '../cli/api-client.ts';
import type { ExpectedDemo } from '../demo/demo-events.ts';

/** What came of the sample. */
export interface DemoOutcome {
  readonly events: { readonly sent: number; readonly stored: number };
  readonly alerts: readonly ApiObject[];
  readonly incidents: readonly ApiObject[];
  readonly cases: readonly ApiObject[];
}

/** Compares what came of the sample with what must; one sentence for each difference, none when all is well. */
export function judgeDemo(expected: ExpectedDemo, outcome: DemoOutcome): readonly string[] {
  const { events, alerts, incidents, cases } = outcome;
  const faults: string[] = [];
  if (events.stored !== events.sent)
    faults.push(`${events.stored} of ${events.sent} events are stored`);
  if (events.sent < expected.eventsMin) faults.push(`only ${events.sent} events were sent`);
  const byRule = Map.groupBy(alerts, (alert) => String(alert.rule_id));
  for (const { ruleId, alerts: count, events: counted } of expected.alerts) {
    const found = byRule.get(ruleId) ?? [];
    byRule.delete(ruleId);
    if (found.length !== count)
      faults.push(`${found.length} alerts of ${ruleId} instead of ${count}`);
    for (const alert of found) {
      if (alert.event_count === counted) continue;
      faults.push(
        `the alert of ${ruleId} counts ${alert.event_count} events instead of ${counted}`,
      );
    }
  }
  for (const [ruleId, found] of byRule)
    faults.push(`${found.length} alerts of ${ruleId}, expected none`);
  if (incidents.length !== expected.incidents) {
    faults.push(`${incidents.length} incidents instead of ${expected.incidents}`);
  }
  if (cases.length !== expected.cases)
    faults.push(`${cases.length} cases instead of ${expected.cases}`);
  return faults;
}
