import { createHash } from 'node:crypto';
import { ScoredAlert } from '@tocsin/contracts/alert.ts';
import { SHORT_TEXT_MAX } from '@tocsin/contracts/canonical-event.ts';
import type { TenantId } from '@tocsin/kernel/tenant-id.ts';
import { isUuid } from '@tocsin/kernel/uuid.ts';
import { Compile } from 'typebox/compile';
import type { IncomingAlert } from './correlation-plan.ts';
import { entityKeys, repeatKeyOf } from './entity-keys.ts';

/** Longest texts that are stored, in UTF-16 units; longer ones are cut, because an alert is never dropped for its length. */
export const ALERT_TITLE_MAX = 500;
export const ALERT_DESCRIPTION_MAX = 4000;
export const ALERT_NAME_MAX = 256;

/** Most src_ips, hosts, tags and group members that are stored; those past it are cut. */
export const ALERT_LIST_MAX = 100;

/** Largest revision, event count and rule version: PostgreSQL's `integer`. */
const INTEGER_MAX = 2_147_483_647;

/** The end of year 9999, after which RFC 3339 cannot write a time. */
const TIME_MAX = 253_402_300_799_999;

const scoredAlert = Compile(ScoredAlert);

/** An alert, or why the item is none. */
export type ParsedAlert =
  | { readonly kind: 'alert'; readonly incoming: IncomingAlert }
  | { readonly kind: 'fault'; readonly reason: string };

/**
 * Reads one line of a frame of `alerts.scored`.
 * UNTRUSTED: names, texts and addresses come from log lines; what was written to the bus may come from an older or
 * broken detector. Texts become well-formed Unicode without NUL, which PostgreSQL could not store.
 */
export function parseScoredAlert(line: string, tenantId: TenantId): ParsedAlert {
  const value = parseJson(line);
  if (!scoredAlert.Check(value)) return fault(firstFault(value));
  if (value.tenant_id !== tenantId) return fault('tenant_id is not the tenant of the frame');
  if (!isUuid(value.alert_id)) return fault('alert_id is not a UUID');
  const numbers = [value.revision, value.rule_version, value.event_count];
  if (numbers.some((number) => number < 0 || number > INTEGER_MAX)) {
    return fault('revision, rule_version or event_count is out of range');
  }
  if (!Number.isFinite(value.total)) return fault('total is out of range');
  const firstAt = Date.parse(value.first_event_at);
  const lastAt = Date.parse(value.last_event_at);
  if (!isTime(firstAt) || !isTime(lastAt)) return fault('an event time is not RFC 3339');
  if (lastAt < firstAt) return fault('last_event_at is before first_event_at');
  const alert = bounded(value);
  const repeatKey = repeatKeyOf(value, sha256);
  return {
    kind: 'alert',
    incoming: { alert, firstAt, lastAt, repeatKey, names: entityKeys(alert, repeatKey) },
  };
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line, (_, member: unknown) =>
      typeof member === 'string' ? storable(member) : member,
    );
  } catch {
    return undefined;
  }
}

/** Names the first member at fault, never its value. */
function firstFault(value: unknown): string {
  if (value === undefined) return 'the item is not JSON';
  const [error] = scoredAlert.Errors(value);
  return error === undefined ? 'the item is no alert' : `${error.instancePath} ${error.message}`;
}

function bounded(alert: ScoredAlert): ScoredAlert {
  return {
    ...alert,
    alert_id: alert.alert_id.toLowerCase(),
    rule_id: cut(alert.rule_id, ALERT_NAME_MAX),
    rule_name: cut(alert.rule_name, ALERT_NAME_MAX),
    category: cut(alert.category, ALERT_NAME_MAX),
    title: cut(alert.title, ALERT_TITLE_MAX),
    description: cut(alert.description, ALERT_DESCRIPTION_MAX),
    group: Object.fromEntries(
      Object.entries(alert.group)
        .slice(0, ALERT_LIST_MAX)
        .map(([name, value]) => [storable(cut(name, ALERT_NAME_MAX)), cut(value, SHORT_TEXT_MAX)]),
    ),
    ...(alert.actor === undefined ? {} : { actor: party(alert.actor) }),
    ...(alert.target === undefined ? {} : { target: party(alert.target) }),
    src_ips: list(alert.src_ips),
    hosts: list(alert.hosts),
    tags: list(alert.tags),
  };
}

type Party = NonNullable<ScoredAlert['actor']>;

function party(given: Party): Party {
  const { type, id, name } = given;
  return {
    ...(type === undefined ? {} : { type: cut(type, ALERT_NAME_MAX) }),
    ...(id === undefined ? {} : { id: cut(id, SHORT_TEXT_MAX) }),
    ...(name === undefined ? {} : { name: cut(name, SHORT_TEXT_MAX) }),
  };
}

function list(values: readonly string[]): string[] {
  return values.slice(0, ALERT_LIST_MAX).map((value) => cut(value, ALERT_NAME_MAX));
}

/** Never cuts a surrogate pair in half. */
function cut(text: string, unitsMax: number): string {
  return text.length <= unitsMax ? text : storable(text.slice(0, unitsMax));
}

function storable(text: string): string {
  return text.replaceAll('\0', '\u{FFFD}').toWellFormed();
}

function isTime(milliseconds: number): boolean {
  return milliseconds >= 0 && milliseconds <= TIME_MAX;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 40);
}

function fault(reason: string): ParsedAlert {
  return { kind: 'fault', reason };
}
