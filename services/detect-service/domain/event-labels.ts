import type { NormalizedEvent } from '@tocsin/contracts/normalized-event.ts';

/** Longest value a label carries, in UTF-16 units: names and addresses are far below. */
const LABEL_VALUE_MAX = 256;

/** What an alert can say of the events it counts. Kept in the window as `name=value`. */
const LABELS = [
  ['actor.type', 'actorType'],
  ['actor.id', 'actorId'],
  ['actor.name', 'actorName'],
  ['target.type', 'targetType'],
  ['target.id', 'targetId'],
  ['target.name', 'targetName'],
  ['src_ip', 'srcIp'],
  ['host', 'sourceHost'],
] as const;

/** Name of a label. */
export type LabelName = (typeof LABELS)[number][0];

/** The labels of an event: one for each of the facts that it has. UNTRUSTED values, cut to a limit. */
export function eventLabels(event: NormalizedEvent): readonly string[] {
  const labels: string[] = [];
  for (const [name, member] of LABELS) {
    const value = event[member];
    if (value !== '') labels.push(`${name}=${value.slice(0, LABEL_VALUE_MAX)}`);
  }
  return labels;
}

/** The distinct values of one label in the order they were seen. */
export function labelValues(labels: readonly string[], name: LabelName): string[] {
  const start = `${name}=`;
  return labels
    .filter((label) => label.startsWith(start))
    .map((label) => label.slice(start.length));
}
