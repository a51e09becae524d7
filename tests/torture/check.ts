import type { Ledger } from './ledger.ts';

/** What is stored of one group. */
export interface StoredGroup {
  readonly rows: number;
  /** Different events among the rows. */
  readonly events: number;
  /** Rows whose content is not what was sent. */
  readonly damaged: number;
  /** Place of the first and of the last row in the order of storing. */
  readonly first: number;
  readonly last: number;
}

/** What was seen after a run, and is compared with the ledger. */
export interface Seen {
  readonly stored: ReadonlyMap<string, StoredGroup>;
  /** Counted failed logins per alert of a victim; one entry an alert. */
  readonly alerts: readonly { victim: string; events: number }[];
  /** Cases of each victim's alerts. */
  readonly cases: ReadonlyMap<string, number>;
}

/** Failed logins of a victim: one alert that counts all of them. */
export const VICTIM_EVENTS = 12;

/**
 * Compares what was sent with what is there. Each line names one broken promise; none means that all are kept:
 * acknowledged is stored, refused is not, stored was sent and is unchanged, nothing is there twice but what its writer
 * sent twice, each source is in order, each victim has one alert that counts right, and one case.
 */
export function check(ledger: Ledger, seen: Seen): string[] {
  return [...checkGroups(ledger, seen), ...checkOrder(ledger, seen), ...checkVictims(ledger, seen)];
}

function checkGroups(ledger: Ledger, { stored }: Seen): string[] {
  const faults: string[] = [];
  for (const [name, group] of ledger.groups) {
    const there = stored.get(name);
    const events = there?.events ?? 0;
    const rows = there?.rows ?? 0;
    if (group.acknowledged > 0 && events < group.size)
      faults.push(`lost: ${group.size - events} of ${group.size} acknowledged events of ${name}`);
    if (group.acknowledged === 0 && group.unknown === 0 && rows > 0)
      faults.push(`taken although refused: ${rows} events of ${name}`);
    if (rows > events) faults.push(`twice: ${rows - events} events of ${name} (${group.kind})`);
    if ((there?.damaged ?? 0) > 0) faults.push(`changed: ${there?.damaged} events of ${name}`);
  }
  for (const name of stored.keys())
    if (!ledger.groups.has(name)) faults.push(`never sent: events of ${name}`);
  return faults;
}

/** What a source had acknowledged before it sent the next is stored before it. */
function checkOrder(ledger: Ledger, { stored }: Seen): string[] {
  const faults: string[] = [];
  const lastOf = new Map<number, number>();
  for (const [name, group] of ledger.groups) {
    const there = stored.get(name);
    if (there === undefined || group.acknowledged === 0) continue;
    if (there.first < (lastOf.get(group.source) ?? -1))
      faults.push(`out of order: ${name} is stored before what its source sent earlier`);
    lastOf.set(group.source, there.last);
  }
  return faults;
}

function checkVictims(ledger: Ledger, { alerts, cases }: Seen): string[] {
  const faults: string[] = [];
  const byVictim = Map.groupBy(alerts, ({ victim }) => victim);
  for (const group of ledger.groups.values()) {
    if (group.victim === '') continue;
    const found = byVictim.get(group.victim) ?? [];
    byVictim.delete(group.victim);
    const opened = cases.get(group.victim) ?? 0;
    if (found.length === 0 && group.acknowledged === 0) continue;
    if (found.length !== 1) faults.push(`alerts of ${group.victim}: ${found.length} and not 1`);
    else if (found[0]?.events !== VICTIM_EVENTS)
      faults.push(`the alert of ${group.victim} counts ${found[0]?.events}, not ${VICTIM_EVENTS}`);
    if (opened !== 1) faults.push(`cases of ${group.victim}: ${opened} and not 1`);
  }
  for (const victim of byVictim.keys()) faults.push(`an alert of ${victim}, who was never sent`);
  return faults;
}
