import { DuckDBInstance } from '@duckdb/node-api';
import { parseQuery } from '@tocsin/query/parse-query.ts';
import type { Query } from '@tocsin/query/query.ts';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { compileQuery, type SqlScope } from './compile-sql.ts';
import { arbitraryEvents } from './conformance/arbitrary-document.ts';
import { arbitraryQuery } from './conformance/arbitrary-query.ts';
import { EVENT_SEEDS, eventDocument } from './conformance/event-documents.ts';
import { EVENT_QUERIES } from './conformance/event-queries.ts';
import { FIELDS, type Field, LIST_SEPARATOR } from './fields.ts';
import { foldCase } from './fold-case.ts';
import { evaluate, numberOf } from './memory/evaluate.ts';
import { rawValue, textsOf } from './memory/field-values.ts';
import { resolveQuery } from './resolve-query.ts';
import type { Document } from './search-store.ts';

const NOW = Date.UTC(2026, 0, 4, 12);

function columnType(field: Field): string {
  if (field.type === 'time') return 'BIGINT';
  if (field.type === 'severity') return 'SMALLINT';
  return field.type === 'uuid' ? 'UUID' : 'VARCHAR';
}

function columnValue(field: Field, document: Document): string {
  if (field.type === 'time' || field.type === 'severity') return `${numberOf(field, document)}`;
  const value = rawValue(field, document);
  if (!field.list) return textsOf(field, document)[0] ?? '';
  if (!Array.isArray(value) || value.length === 0) return '';
  return `${LIST_SEPARATOR}${value.join(LIST_SEPARATOR)}${LIST_SEPARATOR}`;
}

/** Documents in the columns that the event store has. */
async function tableOf(
  documents: readonly Document[],
): Promise<(query: Query) => Promise<string[]>> {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const columns = FIELDS.events.map((field) => `${field.sql} ${columnType(field)}`);
  await connection.run(`create table events(${columns.join(', ')}, attributes VARCHAR)`);
  for (const document of documents) {
    const values = FIELDS.events.map((field) => columnValue(field, document));
    const marks = values.map((_, index) => `$${index + 1}`);
    await connection.run(`insert into events values (${marks.join(', ')}, $${values.length + 1})`, [
      ...values,
      JSON.stringify(document.attributes),
    ]);
  }
  return async (query) => {
    const scope: SqlScope = { collection: 'events', dialect: 'duckdb', now: NOW, values: [] };
    const where = compileQuery(query, scope);
    const sql = `select cast(event_id as varchar), (${where}) is null from events where ${where} or (${where}) is null`;
    const rows = (await connection.runAndReadAll(sql, scope.values)).getRows();
    expect(rows.filter(([, unknown]) => unknown)).toEqual([]);
    return rows.map(([id]) => String(id)).sort();
  };
}

function expectedIds(query: Query, documents: readonly Document[]): string[] {
  const condition = resolveQuery(query, { collection: 'events', now: NOW });
  return documents
    .filter((document) => evaluate(condition, document))
    .map((document) => String(document.event_id))
    .sort();
}

describe('the table of event queries', () => {
  const documents = Object.entries(EVENT_SEEDS).map(([name, seed]) => eventDocument(name, seed));
  const names = new Map(
    Object.keys(EVENT_SEEDS).map((name, at) => [documents[at]?.event_id, name]),
  );
  let search: (query: Query) => Promise<string[]>;
  beforeAll(async () => {
    search = await tableOf(documents);
  });

  it.each(Object.entries(EVENT_QUERIES))('%j finds %j', async (text, expected) => {
    const query = parseQuery(text);
    const named = (ids: readonly string[]) => ids.map((id) => names.get(id)).sort();
    expect(named(expectedIds(query, documents))).toEqual([...expected].sort());
    expect(named(await search(query))).toEqual([...expected].sort());
  });
});

describe('compileQuery for DuckDB', () => {
  it('finds the same rows as the plain evaluation, for any query', async () => {
    const [documents = []] = fc.sample(arbitraryEvents('random'), { numRuns: 1, seed: 7 });
    const search = await tableOf(documents);
    await fc.assert(
      fc.asyncProperty(arbitraryQuery('events'), async (query) => {
        expect(await search(query)).toEqual(expectedIds(query, documents));
      }),
      { numRuns: 400 },
    );
  });

  it('looks addresses of a list up at once, and ranges one by one', () => {
    const scope: SqlScope = { collection: 'events', dialect: 'duckdb', now: NOW, values: [] };
    const text = 'src_ip:(192.0.2.1 or 10.0.0.0/8 or 192.0.2.2)';
    expect(compileQuery(parseQuery(text), scope)).toBe(
      '(("src_ip" in ($1, $2)) or ((starts_with(lower("src_ip"), $3))))',
    );
    expect(scope.values).toEqual(['192.0.2.1', '192.0.2.2', '10.']);
  });

  it('binds every text and prints none of it', () => {
    const nasty = "x'); drop table events; --";
    const scope: SqlScope = { collection: 'events', dialect: 'duckdb', now: NOW, values: [] };
    const text = `actor.name:"${nasty}" or "${nasty}" or attributes."`;
    const sql = compileQuery(parseQuery(text.slice(0, -16)), scope);
    expect(sql).not.toContain('drop');
    expect(scope.values).toContain(nasty);
  });
});

describe('foldCase', () => {
  it('equals lower() of DuckDB on every letter of Unicode 15', async () => {
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    const sql = `select list(lower(chr(cast(code as integer))) order by code)
      from range(1, 66000) as codes(code) where code < 55296 or code > 57343`;
    const rows = (await connection.runAndReadAll(sql)).getRowsJson();
    const lowered = rows[0]?.[0] as string[];
    const codes = Array.from({ length: 65_999 }, (_, index) => index + 1);
    const letters = codes.filter((code) => code < 0xd800 || code > 0xdfff);
    // Capital letters of Unicode 16 and 17, newer than DuckDB's tables; and a byte order mark, which the client drops.
    const isOther = (code: number): boolean =>
      code === 0xfeff || code === 0x1c89 || (code >= 0xa7cb && code <= 0xa7dc);
    const differing = letters.filter(
      (code, at) => foldCase(String.fromCodePoint(code)) !== lowered[at] && !isOther(code),
    );
    expect(differing).toEqual([]);
  });
});
