import { readFileSync } from 'node:fs';
import { isProblem } from '@tocsin/kernel/problem.ts';
import { parseQuery } from '@tocsin/query/parse-query.ts';
import { describe, expect, it } from 'vitest';
import { compileQuery, type SqlScope } from './compile-sql.ts';
import { FIELDS, type FieldType } from './fields.ts';
import { resolveQuery } from './resolve-query.ts';
import { COLLECTIONS, type Collection } from './search-store.ts';

const page = readFileSync(new URL('../../docs/reference/query.md', import.meta.url), 'utf8');

/** The words of the page for the types. */
const TYPE_WORDS: Readonly<Record<FieldType, string>> = {
  keyword: 'keyword',
  text: 'text',
  ip: 'address',
  uuid: 'id',
  integer: 'number',
  severity: 'severity',
  time: 'time',
  boolean: 'truth',
  attribute: 'attribute',
};

/** Rows of all tables whose first column has this heading, cell by cell. */
function rowsUnder(heading: string, text = page): string[][] {
  const found: string[][] = [];
  let inside = false;
  for (const line of text.split('\n')) {
    const cells = line.split('|').slice(1, -1);
    if (!line.startsWith('|')) inside = false;
    else if (cells[0]?.trim() === heading) inside = true;
    else if (inside && !/^\|[-|]+\|$/.test(line)) found.push(cells.map((cell) => cell.trim()));
  }
  return found;
}

function examples(heading: string): string[] {
  return rowsUnder(heading).map(([cell = '']) => cell.replace(/^`(.*)`$/, '$1'));
}

function compiles(text: string, collection: Collection): string {
  const dialect = collection === 'events' ? 'duckdb' : 'postgres';
  const scope: SqlScope = { collection, dialect, now: Date.UTC(2026, 1, 1), values: [] };
  return compileQuery(parseQuery(text), scope);
}

function faultOf(text: string): string {
  try {
    resolveQuery(parseQuery(text), { collection: 'events', now: 0 });
  } catch (error) {
    if (isProblem(error, 'invalid_query')) return error.detail ?? '';
    throw error;
  }
  return '';
}

describe('the reference page of the query language', () => {
  it.each(examples('query'))('has an event query that works: %s', (text) => {
    expect(compiles(text, 'events')).not.toBe('');
  });

  it.each(examples('alert query'))('has an alert query that works: %s', (text) => {
    expect(compiles(text, 'alerts')).not.toBe('');
  });

  it.each(examples('case query'))('has a case query that works: %s', (text) => {
    expect(compiles(text, 'cases')).not.toBe('');
  });

  it.each(examples('refused'))('has a query that is refused: %s', (text) => {
    expect(faultOf(text)).toMatch(/^expected /);
  });

  it('shows a fault as it is answered', () => {
    expect(page).toContain(`\`\`\`text\n${faultOf('category:auth and (severity')}\n\`\`\``);
  });

  it.each([
    ['Category:auth', '(category)'],
    ['host:web-01', '(source.host)'],
    ['ip:10.0.0.1', '(src_ip, dst_ip)'],
    ['user:bob', '(event_id, timestamp,'],
  ])('%s is answered with the fields that may be meant', (text, names) => {
    expect(faultOf(text)).toContain(`expected a field of events ${names}`);
  });

  it.each(COLLECTIONS)('lists every field of %s with its rules', (collection) => {
    const section = page.split(`## Fields of ${collection}`)[1]?.split('\n## ')[0] ?? '';
    const listed = rowsUnder('field', section);
    const declared = FIELDS[collection].map((field) => [
      `\`${field.name}\``,
      TYPE_WORDS[field.type],
      field.list ? 'yes' : '',
      field.bareWord ? 'yes' : '',
    ]);
    expect(listed).toEqual(declared);
  });

  it('says the rules of every type', () => {
    const types = rowsUnder('type').map(([type]) => type);
    expect(types.sort()).toEqual(Object.values(TYPE_WORDS).sort());
  });

  it('means what it says of precedence, equality and days', () => {
    const same = [
      [
        'category:auth or category:network and severity > 3',
        'category:auth or (category:network and severity > 3)',
      ],
      ['action=login', 'action : login'],
      ['severity:>5', 'severity > 5'],
      ['failed password', 'failed and password'],
      ['severity >= high', 'severity >= 7'],
      ['severity > high', 'severity > 8'],
      ['timestamp <= 2026-01-31', 'timestamp < 2026-02-01'],
    ] as const;
    for (const [one, other] of same)
      expect(compiles(one, 'events')).toBe(compiles(other, 'events'));
  });
});
