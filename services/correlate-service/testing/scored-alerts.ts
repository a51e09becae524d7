import type { Assignment, LogEntry, LogPosition } from '@tocsin/bus/event-bus.ts';
import type { ScoredAlert } from '@tocsin/contracts/alert.ts';
import { assert } from '@tocsin/kernel/assert.ts';
import { isTenantId } from '@tocsin/kernel/tenant-id.ts';
import { TOCSIN_NAMESPACE, uuidV5 } from '@tocsin/kernel/uuid.ts';

/** Start of the day that test alerts lie in, milliseconds since 1970. */
export const DAY = Date.UTC(2026, 0, 1);

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

/** A valid alert id that a test can name. */
export function alertId(name: string): string {
  return uuidV5(TOCSIN_NAMESPACE, `test/${name}`);
}

/** A scored alert of acme-corp: ten failed logins of bob on web-1, at noon. */
export function scoredAlert(
  name: string,
  change: Partial<ScoredAlert> & { readonly atMs?: number } = {},
): ScoredAlert {
  const { atMs = DAY + 12 * HOUR, ...members } = change;
  return {
    tenant_id: 'acme-corp',
    alert_id: alertId(name),
    revision: 1,
    rule_id: 'failed_login_threshold',
    rule_name: 'failed_login_threshold',
    rule_version: 1,
    severity: 8,
    title: 'Ten failed logins of bob',
    description: 'bob failed to log in ten times within five minutes',
    first_event_at: new Date(atMs).toISOString(),
    last_event_at: new Date(atMs + MINUTE).toISOString(),
    event_count: 10,
    total: 10,
    related_events: [alertId(`${name}/event`)],
    group: { 'actor.id': 'bob' },
    category: 'auth',
    actor: { type: 'user', id: 'bob', name: 'Bob' },
    src_ips: ['203.0.113.7'],
    hosts: ['web-1'],
    tags: ['brute-force'],
    storm: false,
    ...members,
  };
}

/** Frames as the bus delivers them: one for each list of items, offsets from `first`. */
export function logEntries(
  frames: readonly (readonly (ScoredAlert | string)[])[],
  tenant = 'acme-corp',
  first = 1,
): LogEntry[] {
  assert(isTenantId(tenant), 'a test names a valid tenant');
  return frames.map((items, index) => ({
    position: { topic: 'alerts.scored', shard: 0, tenantId: tenant, offset: first + index },
    frame: {
      id: alertId(`frame/${first + index}`),
      tenantId: tenant,
      topic: 'alerts.scored',
      keySlot: 0,
      count: items.length,
      contentType: 'application/x-ndjson',
      sourceHint: '',
      receivedAt: DAY,
      traceparent: '',
      requestId: '',
      body: Buffer.from(
        items.map((item) => (typeof item === 'string' ? item : JSON.stringify(item))).join('\n'),
      ),
    },
    replayed: false,
    firstOrdinal: 0,
  }));
}

/** An assignment that remembers what was committed and parked. */
export interface RecordingAssignment extends Assignment {
  readonly commits: LogPosition[];
  readonly parked: { readonly offset: number; readonly ordinal: number; readonly reason: string }[];
}

export function recordingAssignment(): RecordingAssignment {
  const commits: LogPosition[] = [];
  const parked: { offset: number; ordinal: number; reason: string }[] = [];
  return {
    epoch: 1,
    committed: [],
    signal: new AbortController().signal,
    commits,
    parked,
    commit: async (positions) => {
      commits.push(...positions);
    },
    deadLetter: async (entry, ordinal, reason) => {
      parked.push({ offset: entry.position.offset, ordinal, reason });
    },
  };
}
