import { parseTenantId } from '@tocsin/kernel/tenant-id.ts';
import { TOCSIN_NAMESPACE, uuidV5 } from '@tocsin/kernel/uuid.ts';
import type { Document } from '../search-store.ts';

/** The tenant whose documents the cases ask for, and one whose documents must never come back. */
export const TENANT = parseTenantId('acme-corp');
export const OTHER_TENANT = parseTenantId('globex');

/** What a case says of an event; the rest is filled in. */
export interface EventSeed {
  readonly timestamp?: string;
  readonly category?: string;
  readonly severity?: number;
  readonly action?: string;
  readonly outcome?: string;
  readonly source?: Readonly<Record<string, string>>;
  readonly actor?: Readonly<Record<string, string>>;
  readonly target?: Readonly<Record<string, string>>;
  readonly src_ip?: string;
  readonly dst_ip?: string;
  readonly message?: string;
  readonly tags?: readonly string[];
  readonly rules?: readonly string[];
  readonly parse_status?: string;
  readonly parse_error?: string;
  readonly attributes?: Readonly<Record<string, unknown>>;
}

/** An event document as the pipeline stores it. `name` gives its id. */
export function eventDocument(name: string, seed: EventSeed, tenantId = TENANT): Document {
  return {
    tenant_id: tenantId,
    event_id: uuidV5(TOCSIN_NAMESPACE, name),
    timestamp: '2026-01-02T03:04:05.678Z',
    ingested_at: '2026-01-02T03:05:00.000Z',
    category: 'ops',
    severity: 0,
    source: { system: 'test' },
    parse_status: 'ok',
    attributes: {},
    ...seed,
  };
}

/** Documents with values that break naive compilers, by name. Each case of the query table names those it finds. */
export const EVENT_SEEDS: Readonly<Record<string, EventSeed>> = {
  login: {
    timestamp: '2026-01-02T03:04:05.678Z',
    category: 'auth',
    severity: 5,
    action: 'login',
    outcome: 'failure',
    source: { system: 'linux', integration: 'linux-auth', host: 'web-01' },
    actor: { type: 'user', id: 'u-1', name: 'Bob.Miller', email: 'bob@example.com' },
    target: { type: 'asset', id: 'h-1', name: 'web-01' },
    src_ip: '10.1.2.3',
    dst_ip: '192.168.0.10',
    message: 'Failed password for Bob.Miller from 10.1.2.3 port 22',
    tags: ['ssh', 'Prod'],
    rules: ['failed-logins'],
    attributes: { port: 22, pid: '4711', method: 'password', retry: true, none: null, empty: '' },
  },
  process: {
    timestamp: '2026-01-02T04:00:00.000Z',
    category: 'endpoint',
    severity: 8,
    action: 'process_start',
    outcome: 'success',
    source: { system: 'windows', integration: 'windows-sysmon', host: 'PC-7.corp.example' },
    actor: { type: 'user', name: 'CORP\\alice' },
    src_ip: 'fe80::1',
    message: 'Process C:\\Windows\\System32\\cmd.exe started',
    tags: ['a', 'b c', '100%', 'under_score'],
    attributes: {
      Image: 'C:\\Windows\\System32\\cmd.exe',
      CommandLine: 'cmd.exe /c "echo 100% > a_b.txt" \'x\'',
      hashes: ['MD5=abc', 'SHA256=Def'],
      nested: { deep: { key: 'Value' }, list: [{ name: 'in-list' }, 7] },
    },
  },
  conn: {
    timestamp: '2026-01-03T00:00:00.000Z',
    category: 'network',
    severity: 2,
    source: { system: 'zeek', integration: 'zeek-json' },
    src_ip: '172.16.5.9',
    dst_ip: '172.32.0.1',
    attributes: { 'id.orig_h': '172.16.5.9', id: { orig_h: 'nested-loses', resp_p: 443 } },
  },
  unicode: {
    timestamp: '2026-01-03T00:00:00.001Z',
    severity: 10,
    actor: { name: 'ÉLODIE Straße ΣΊΣΥΦΟΣ İz' },
    target: { name: '日本語 😀 e\u0301' },
    message: 'naïve CAFÉ 😀',
    attributes: { schlüssel: 'WERT', '😀': 'emoji' },
  },
  quoting: {
    timestamp: '2025-12-31T23:59:59.999Z',
    severity: 1,
    actor: { name: "o'Neil", id: '%', email: '_' },
    target: { name: '\\', id: '"quoted"' },
    message: "'; drop table events; -- $1 ? {now}",
    attributes: {
      "a'b": 'apostrophe',
      'a"b': 'quote',
      'a/b~c': 'pointer',
      'a b': 'space',
      'a\\b': 'backslash',
      '$.x': 'path',
    },
  },
  prototype: {
    timestamp: '1969-12-31T23:59:59.500Z',
    severity: 3,
    message: '__proto__ constructor',
    attributes: JSON.parse('{"__proto__":{"admin":"yes"},"constructor":"c","toString":"t"}'),
  },
  empty: { timestamp: '2026-01-04T00:00:00.000Z', severity: 7, message: '', actor: { name: '' } },
  lines: {
    timestamp: '2026-01-04T00:00:00.000Z',
    severity: 9,
    message: 'first\nsecond\tthird',
    actor: { name: ' padded ' },
    tags: [''],
    parse_status: 'failed',
    parse_error: 'bad_timestamp',
    attributes: { list: [], nulls: [null], blank: [''], object: {}, 0: 'zero', flags: [true, 1.5] },
  },
};

/** The documents of {@link EVENT_SEEDS} and, for the other tenant, a copy of each. */
export function eventDocuments(tenantId = TENANT): readonly Document[] {
  return Object.entries(EVENT_SEEDS).map(([name, seed]) => eventDocument(name, seed, tenantId));
}
