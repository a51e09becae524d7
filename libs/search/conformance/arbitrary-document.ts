import fc from 'fast-check';
import type { Document } from '../search-store.ts';
import { alertSeedDocument } from './alert-documents.ts';
import { SHARED_VALUES } from './arbitrary-query.ts';
import { eventDocument } from './event-documents.ts';

const value = fc.constantFrom(...SHARED_VALUES);
const list = fc.array(value, { maxLength: 3 });
const scalar = fc.oneof(value, fc.constantFrom(22, 0, true, false, null, ''));
const attribute = fc.oneof(
  { arbitrary: scalar, weight: 5 },
  { arbitrary: fc.array(scalar, { maxLength: 3 }), weight: 2 },
  { arbitrary: fc.record({ c: scalar }), weight: 2 },
);
const time = fc
  .integer({ min: Date.UTC(2025, 11, 31), max: Date.UTC(2026, 0, 4) })
  .map((ms) => new Date(ms).toISOString());

const seed = fc.record(
  {
    timestamp: time,
    category: fc.constantFrom('auth', 'ops', 'network'),
    severity: fc.integer({ min: 0, max: 10 }),
    action: value,
    outcome: fc.constantFrom('success', 'failure'),
    source: fc.record({ system: value, host: value }),
    actor: fc.record({ id: value, name: value }, { requiredKeys: [] }),
    target: fc.record({ name: value }, { requiredKeys: [] }),
    src_ip: fc.constantFrom('10.1.2.3', '10.1.2.4', '::1'),
    message: fc.array(value, { maxLength: 4 }).map((words) => words.join(' ')),
    tags: list,
    rules: list,
    attributes: fc.record(
      { a: attribute, 'b.c': attribute, b: attribute, d: attribute, cmdline: attribute },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: ['timestamp'] },
);

/** Random events with values that random queries ask for. `round` keeps ids apart. */
export function arbitraryEvents(round: string): fc.Arbitrary<readonly Document[]> {
  return fc
    .array(seed, { minLength: 60, maxLength: 60 })
    .map((seeds) => seeds.map((event, index) => eventDocument(`${round}/${index}`, event)));
}

const alertSeed = fc.record(
  {
    timestamp: time,
    status: fc.constantFrom('new', 'acknowledged', 'resolved'),
    severity: fc.integer({ min: 0, max: 10 }),
    rule_id: value,
    rule_name: value,
    title: fc.array(value, { maxLength: 4 }).map((words) => words.join(' ')),
    description: fc.array(value, { maxLength: 2 }).map((words) => words.join(' ')),
    category: fc.constantFrom('auth', 'ops'),
    actor: fc.record({ id: value, name: value }, { requiredKeys: [] }),
    target: fc.record({ name: value }, { requiredKeys: [] }),
    assignee: fc.option(value),
    event_count: fc.integer({ min: 1, max: 12 }),
    tags: list,
    hosts: list,
    src_ips: fc.array(fc.constantFrom('10.1.2.3', '10.1.2.4', '::1'), { maxLength: 2 }),
  },
  { requiredKeys: ['timestamp'] },
);

/** Random alerts, likewise. */
export function arbitraryAlerts(round: string): fc.Arbitrary<readonly Document[]> {
  return fc
    .array(alertSeed, { minLength: 60, maxLength: 60 })
    .map((seeds) => seeds.map((alert, index) => alertSeedDocument(`${round}/${index}`, alert)));
}
