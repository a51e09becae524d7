import { createHash } from 'node:crypto';
import type { RuleDocument, RuleLogsource } from '@tocsin/content/rule-document.ts';
import type { Logsource, NormalizedEvent } from '@tocsin/contracts/normalized-event.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import { compileCondition, type EventTest } from './compile-condition.ts';
import { type FieldReader, fieldReader, fieldText } from './event-field.ts';
import type { Counting, RuleKind } from './rule-kind.ts';

/** A rule ready to run. Immutable. */
export interface Rule {
  readonly document: RuleDocument;
  readonly counting: Counting;
  /** The categories of the events it looks at. */
  readonly categories: readonly string[];
  /** Names of the fields that group its alerts. */
  readonly groupBy: readonly string[];
  /** Logsource, condition and steps; the category is the registry's to check. */
  readonly matches: EventTest;
  /** The group key of a matching event; undefined when it has no value in a needed field. */
  groupOf(event: NormalizedEvent): string | undefined;
}

/**
 * Compiles a checked document.
 *
 * @throws Problem `invalid_request` when it names a field that does not exist
 */
export function compileRule(document: RuleDocument, kind: RuleKind): Rule {
  const counting = kind.counting(document);
  const condition = conditionOf(document, counting);
  const logsources = document.logsources ?? [];
  const matches: EventTest =
    logsources.length === 0
      ? condition
      : (event) => hasLogsource(event, logsources) && condition(event);
  const groupBy = document.group_by ?? DEFAULT_GROUP;
  const readers = groupBy.map((field, index) => readerOf(document, field, index));
  const groupOf = document.group_by === undefined ? defaultGroup : grouping(readers, kind);
  const categories = kind.categories?.(document) ?? [document.category];
  return { document, counting, categories, groupBy, matches, groupOf };
}

/** The document's condition, and at least one step where the kind has steps. */
function conditionOf(document: RuleDocument, { stepsOf }: Counting): EventTest {
  const { condition } = document;
  const own = condition === undefined ? () => true : compileCondition(condition);
  return stepsOf === undefined ? own : (event) => stepsOf(event) !== 0 && own(event);
}

/** Named in the alert of a rule without `group_by`. */
const DEFAULT_GROUP = ['actor'];

function readerOf(document: RuleDocument, field: string, index: number): FieldReader {
  const read = fieldReader(field);
  if (read !== undefined) return read;
  throw new Problem('invalid_request', {
    detail: `rule ${document.id} groups by a field that does not exist: ${field}`,
    errors: [{ pointer: `/group_by/${index}`, detail: 'no such field' }],
  });
}

/** The actor, else the target, else the host, else one group for all: a match without any of them still alerts. */
function defaultGroup(event: NormalizedEvent): string {
  const actor = event.actorId || event.actorName || event.actorEmail;
  return boundedValue(actor || event.targetId || event.targetName || event.sourceHost);
}

/** Longest value in a group key, in UTF-16 units. */
export const GROUP_VALUE_MAX = 256;

/** UNTRUSTED, and kept in memory once for each group: a longer value ends in a hash of all of it. */
export function boundedValue(value: string): string {
  if (value.length <= GROUP_VALUE_MAX) return value;
  const hash = createHash('sha256').update(value).digest('hex').slice(0, 32);
  return `${value.slice(0, GROUP_VALUE_MAX - hash.length - 1)}~${hash}`;
}

/** One value is its own key; several are a JSON array, so that no two lists of values share a key. */
function grouping(readers: readonly FieldReader[], kind: RuleKind): Rule['groupOf'] {
  return (event) => {
    const values = readers.map((read) => boundedValue(fieldText(read(event))));
    if (kind.needsGroup && values.includes('')) return undefined;
    return values.length === 1 ? values[0] : JSON.stringify(values);
  };
}

/** The values of a group key under the names of its fields: the inverse of {@link Rule.groupOf}. */
export function groupMembers(rule: Rule, group: string): Record<string, string> {
  const values: unknown = rule.groupBy.length === 1 ? [group] : JSON.parse(group);
  const list = Array.isArray(values) ? values : [];
  return Object.fromEntries(rule.groupBy.map((field, index) => [field, String(list[index] ?? '')]));
}

/** A rule applies if all its stated keys equal those of one triple of the event (design 7). */
function hasLogsource(event: NormalizedEvent, wanted: readonly RuleLogsource[]): boolean {
  for (const logsource of event.logsources) {
    for (const keys of wanted) if (fits(logsource, keys)) return true;
  }
  return false;
}

function fits(logsource: Logsource, keys: RuleLogsource): boolean {
  return (
    (keys.product === undefined || keys.product === logsource.product) &&
    (keys.category === undefined || keys.category === logsource.category) &&
    (keys.service === undefined || keys.service === logsource.service)
  );
}
