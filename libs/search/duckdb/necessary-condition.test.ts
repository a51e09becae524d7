import { parseQuery } from '@tocsin/query/parse-query.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arbitraryEvents } from '../conformance/arbitrary-document.ts';
import { arbitraryQuery } from '../conformance/arbitrary-query.ts';
import { LIST_SEPARATOR } from '../fields.ts';
import { evaluate } from '../memory/evaluate.ts';
import { resolveQuery } from '../resolve-query.ts';
import type { Document } from '../search-store.ts';
import { commandLinesOf, UNTOLD } from './command-lines.ts';
import { isAlwaysTrue, necessaryCondition, readsLongText } from './necessary-condition.ts';

const SCOPE = { collection: 'events', now: Date.UTC(2026, 0, 4, 12) } as const;

/** A document with the column that the store makes of its attributes. */
function withColumn(document: Document): Document {
  const column = commandLinesOf((document['attributes'] ?? {}) as Record<string, unknown>);
  return { ...document, command_lines: column.split(LIST_SEPARATOR).slice(1, -1) };
}

const necessaryOf = (text: string) => necessaryCondition(resolveQuery(parseQuery(text), SCOPE));

describe('the necessary condition of a query', () => {
  it('holds wherever the query does, and reads no long text', () => {
    fc.assert(
      fc.property(arbitraryQuery('events'), arbitraryEvents('necessary'), (query, documents) => {
        const condition = resolveQuery(query, SCOPE);
        const necessary = necessaryCondition(condition);
        expect(readsLongText(necessary)).toBe(false);
        for (const document of documents.map(withColumn)) {
          if (evaluate(condition, document)) expect(evaluate(necessary, document)).toBe(true);
        }
      }),
      { numRuns: 200 },
    );
  });

  it.each([
    ['attributes.other:x', true],
    ['message:x', true],
    ['attributes.cmdline:""', true],
    ['not attributes.CommandLine:x', true],
    ['attributes.CommandLine:x or message:y', true],
    ['attributes.process.CommandLine:x', true],
    ['attributes.CommandLine:*x*', false],
    ['attributes.cmdline:*', false],
    ['message:x and category:auth', false],
    ['not actor.name:x', false],
  ])('of `%s` tells nothing: %s', (text, nothing) => {
    expect(isAlwaysTrue(necessaryOf(text))).toBe(nothing);
  });
});

describe('the column of command lines', () => {
  it.each([
    [{}, ''],
    [{ CommandLine: '', cmdline: null }, ''],
    [{ CommandLine: 'CMD /c É' }, '\u001fcmd /c é\u001f'],
    [{ CommandLine: 'a', ParentCommandLine: 'B' }, '\u001fa\u001fb\u001f'],
    [{ cmdline: 22 }, `\u001f${UNTOLD}\u001f`],
    [{ cmdline: ['a', 'b'] }, `\u001f${UNTOLD}\u001f`],
    [{ cmdline: 'a\u001fb' }, `\u001f${UNTOLD}\u001f`],
    [{ cmdline: 'x'.repeat(4_001), CommandLine: 'y' }, `\u001fy\u001f${UNTOLD}\u001f`],
  ])('of %j is %j', (attributes, column) => {
    expect(commandLinesOf(attributes)).toBe(column);
  });
});
