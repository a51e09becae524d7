import { TOCSIN_NAMESPACE, uuidV5 } from '@tocsin/kernel/uuid.ts';
import type { Document } from '../search-store.ts';
import { TENANT } from './event-documents.ts';

/** What a case says of an alert; the rest is filled in. */
export interface AlertSeed {
  readonly timestamp?: string;
  readonly status?: string;
  readonly severity?: number;
  readonly rule_id?: string;
  readonly rule_name?: string;
  readonly title?: string;
  readonly description?: string;
  readonly category?: string;
  readonly actor?: Readonly<Record<string, string>>;
  readonly target?: Readonly<Record<string, string>>;
  readonly assignee?: string | null;
  readonly event_count?: number;
  readonly tags?: readonly string[];
  readonly hosts?: readonly string[];
  readonly src_ips?: readonly string[];
  readonly storm?: boolean;
  readonly suppressed?: boolean;
  readonly suppressed_until?: string | null;
}

/** An alert document as `GET /v1/alerts` gives it, as far as it can be searched. `name` gives its id. */
export function alertSeedDocument(name: string, seed: AlertSeed, tenantId = TENANT): Document {
  const timestamp = seed.timestamp ?? '2026-01-02T03:04:05.678Z';
  return {
    tenant_id: tenantId,
    alert_id: uuidV5(TOCSIN_NAMESPACE, `alert/${name}`),
    status: 'new',
    severity: 5,
    rule_id: 'some-rule',
    rule_name: 'Some rule',
    title: 'Something',
    description: '',
    category: 'ops',
    event_count: 1,
    tags: [],
    hosts: [],
    src_ips: [],
    storm: false,
    assignee: null,
    suppressed: false,
    suppressed_until: null,
    ...seed,
    timestamp,
    last_event_at: timestamp,
    first_event_at: timestamp,
  };
}

/** Alerts with values that break naive compilers, by name. */
export const ALERT_SEEDS: Readonly<Record<string, AlertSeed>> = {
  logins: {
    timestamp: '2026-01-02T03:04:05.678Z',
    severity: 8,
    rule_id: 'failed-logins',
    rule_name: 'Many failed logins',
    title: 'Ten failed logins of Bob.Miller',
    description: 'From 10.1.2.3, within five minutes',
    category: 'auth',
    actor: { type: 'user', id: 'u-1', name: 'Bob.Miller' },
    target: { type: 'asset', name: 'web-01' },
    assignee: 'ann@example.com',
    event_count: 10,
    tags: ['attack.t1110', 'Brute Force'],
    hosts: ['web-01', 'WEB-02'],
    src_ips: ['10.1.2.3', 'fe80::1'],
  },
  storm: {
    timestamp: '2026-01-03T00:00:00.000Z',
    status: 'acknowledged',
    severity: 2,
    storm: true,
    event_count: 5_000_000_000,
    suppressed: true,
    suppressed_until: '2026-01-04T12:00:00.001Z',
    tags: ['100%', 'under_score', "it's"],
  },
  over: {
    timestamp: '2026-01-03T00:00:00.001Z',
    status: 'false_positive',
    suppressed_until: '2026-01-04T12:00:00.000Z',
    actor: { name: 'ÉLODIE ΣΊΣΥΦΟΣ İz 😀' },
    title: 'naïve CAFÉ',
  },
  quoting: {
    timestamp: '1969-12-31T23:59:59.500Z',
    severity: 10,
    actor: { id: '%', name: "o'Neil" },
    target: { id: '_', name: 'C:\\x' },
    title: "'; drop table alerts; -- $1",
    description: 'first\nsecond',
    hosts: [''],
  },
  empty: { timestamp: '2026-01-03T00:00:00.001Z', severity: 0, actor: {}, assignee: null },
};

/** The alerts of {@link ALERT_SEEDS}. */
export function alertDocuments(tenantId = TENANT): readonly Document[] {
  return Object.entries(ALERT_SEEDS).map(([name, seed]) => alertSeedDocument(name, seed, tenantId));
}
