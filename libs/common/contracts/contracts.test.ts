import { existsSync, readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import type { TSchema } from 'typebox';
import Value from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { ScoredAlert } from './alert.ts';
import {
  ACTOR_TYPES,
  CATEGORIES,
  CanonicalEvent,
  EventInput,
  OUTCOMES,
  SHORT_TEXT_MAX,
  TAGS_MAX,
  TARGET_TYPES,
} from './canonical-event.ts';
import { Envelope } from './envelope.ts';
import { idempotencyPage } from './idempotency-keys.ts';
import { PUBLISHED_SCHEMAS, printSchema } from './published-schemas.ts';
import { SEVERITY_LABELS, severityLabel, severityOf } from './severity.ts';

const docs = new URL('../../../docs/', import.meta.url);

const event = {
  tenant_id: 'acme-corp',
  event_id: '0193b0a5-3a3e-7cc0-8000-00000000abcd',
  timestamp: '2026-02-17T19:00:00.000Z',
  source: { system: 'linux', integration: 'linux_auth', host: 'web-1' },
  category: 'auth',
  severity: 5,
  actor: { type: 'user', id: 'user123', name: 'Ada', email: 'ada@example.org' },
  target: { type: 'asset', id: 'web-1', name: 'web-1' },
  action: 'login',
  outcome: 'failure',
  attributes: { failed_login_count: 3, nested: { any: ['thing', null] } },
  raw_ref: 'raw/acme-corp/2026-02-17/1#2',
  tags: ['ssh'],
};

function accepts(schema: TSchema, value: unknown): boolean {
  return Value.Check(schema, value);
}

describe('the canonical event (X-01)', () => {
  it('is accepted whole and with the required members only', () => {
    expect(accepts(CanonicalEvent, event)).toBe(true);
    const { tenant_id, event_id, timestamp, category, severity } = event;
    const least = { tenant_id, event_id, timestamp, category, severity, source: { system: 'x' } };
    expect(accepts(CanonicalEvent, least)).toBe(true);
  });

  it.each([
    'tenant_id',
    'event_id',
    'timestamp',
    'source',
    'category',
    'severity',
  ])('is refused without %s', (member) => {
    expect(accepts(CanonicalEvent, { ...event, [member]: undefined })).toBe(false);
    const { [member as 'severity']: _left, ...rest } = event;
    expect(accepts(CanonicalEvent, rest)).toBe(false);
  });

  it.each<[string, object]>([
    ['an unknown member', { extra: 1 }],
    ['an unknown member of actor', { actor: { id: 'a', role: 'x' } }],
    ['a source without system', { source: { host: 'a' } }],
    ['a severity of 11', { severity: 11 }],
    ['a severity of -1', { severity: -1 }],
    ['a severity of 5.5', { severity: 5.5 }],
    ['a severity as text', { severity: '5' }],
    ['an unknown category', { category: 'email' }],
    ['a category in upper case', { category: 'Auth' }],
    ['an unknown outcome', { outcome: 'ok' }],
    ['an unknown kind of actor', { actor: { type: 'robot' } }],
    ['an unknown kind of target', { target: { type: 'robot' } }],
    ['a tenant id with a dot', { tenant_id: 'a.b' }],
    ['an id that is no UUID', { event_id: '7' }],
    ['a time that is none', { timestamp: 'yesterday' }],
    ['attributes that are a list', { attributes: [] }],
    ['tags that are text', { tags: 'a' }],
    ['one tag too many', { tags: Array.from({ length: TAGS_MAX + 1 }, () => 'a') }],
    ['an action too long', { action: 'a'.repeat(SHORT_TEXT_MAX + 1) }],
  ])('is refused with %s', (_name, change) => {
    expect(accepts(CanonicalEvent, { ...event, ...change })).toBe(false);
  });

  it('has the enumerations of A-048 and X-01 (N-14)', () => {
    expect(CATEGORIES).toEqual(['auth', 'endpoint', 'network', 'cloud', 'k8s', 'storage', 'ops']);
    expect(ACTOR_TYPES).toEqual(['user', 'service', 'device', 'unknown']);
    expect(TARGET_TYPES).toEqual(['asset', 'workload', 'service', 'data', 'unknown']);
    expect(OUTCOMES).toEqual(['success', 'failure', 'unknown']);
  });
});

describe('an event as posted', () => {
  it.each<[string, object]>([
    [
      'the body of A-040',
      { category: 'auth', actor: { id: 'user123' }, attributes: { failed_login_count: 1 } },
    ],
    [
      'the body of A-041',
      {
        category: 'auth',
        severity: 5,
        outcome: 'failure',
        actor: { id: 'user123', name: 'Ada' },
        attributes: { failed_login_count: 10, source_ip: '192.0.2.1' },
      },
    ],
    ['a category alone', { category: 'ops' }],
  ])('may be %s', (_name, body) => {
    expect(accepts(EventInput, body)).toBe(true);
  });

  it.each<[string, object]>([
    ['no category (X-02)', { severity: 5 }],
    ['a reference to the archive, which is ours', { category: 'auth', raw_ref: 'raw/other/1' }],
    ['an unknown member', { category: 'auth', user: 'x' }],
  ])('is refused with %s', (_name, body) => {
    expect(accepts(EventInput, body)).toBe(false);
  });
});

describe('the envelope (X-17)', () => {
  const envelope = {
    event_id: event.event_id,
    event_type: 'alert.triggered',
    ts: event.timestamp,
    tenant_id: 'acme-corp',
  };

  it('takes further members and needs its own', () => {
    expect(accepts(Envelope, { ...envelope, payload: { a: 1 }, later: true })).toBe(true);
    for (const member of Object.keys(envelope)) {
      expect(accepts(Envelope, { ...envelope, [member]: undefined }), member).toBe(false);
    }
  });
});

describe('severity (Resolution 3)', () => {
  it('goes from word to integer and back', () => {
    for (const label of SEVERITY_LABELS) expect(severityLabel(severityOf(label))).toBe(label);
  });

  it('has a word for each integer', () => {
    const words = Array.from({ length: 11 }, (_, severity) => severityLabel(severity));
    expect(words.join(' ')).toBe(
      'info low low low medium medium medium high high critical critical',
    );
  });
});

describe('the published schemas', () => {
  it.each(
    PUBLISHED_SCHEMAS,
  )('$path is what the code validates by (run scripts/dev/write-reference.ts)', (published) => {
    expect(readFileSync(new URL(published.path, docs), 'utf8')).toBe(printSchema(published));
  });

  it('are all the JSON files of their folders', () => {
    const found = ['schema', 'contracts'].flatMap((folder) =>
      readdirSync(new URL(`${folder}/`, docs))
        .filter((name) => name.endsWith('.json'))
        .map((name) => `${folder}/${name}`),
    );
    expect(found.toSorted()).toEqual(PUBLISHED_SCHEMAS.map(({ path }) => path).toSorted());
    expect(existsSync(new URL('contracts/idempotency-keys.md', docs))).toBe(true);
  });

  it('say the same when read back from their files', () => {
    const schema = JSON.parse(
      printSchema({ path: 'x.json', description: '', schema: CanonicalEvent }),
    ) as TSchema;
    const severities = fc.oneof(fc.integer({ min: -2, max: 12 }), fc.double(), fc.string());
    fc.assert(
      fc.property(
        severities,
        fc.constantFrom(...CATEGORIES, 'email'),
        fc.boolean(),
        (severity, category, extra) => {
          const value = { ...event, severity, category, ...(extra ? { extra: 1 } : {}) };
          expect(accepts(schema, value)).toBe(accepts(CanonicalEvent, value));
        },
      ),
    );
  });

  it('have a title each', () => {
    for (const { path, schema } of PUBLISHED_SCHEMAS) expect(schema, path).toHaveProperty('title');
  });
});

describe('the idempotency keys (B-081)', () => {
  it('are what the page says', () => {
    expect(readFileSync(new URL('contracts/idempotency-keys.md', docs), 'utf8')).toBe(
      idempotencyPage(),
    );
  });

  it('are members of their schemas', () => {
    expect(CanonicalEvent.properties).toHaveProperty('event_id');
    expect(ScoredAlert.properties).toHaveProperty('alert_id');
    expect(ScoredAlert.properties).toHaveProperty('revision');
  });
});
