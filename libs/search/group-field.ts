import { queryProblem } from '@tocsin/query/query-fault.ts';
import { type Field, findField } from './fields.ts';
import type { Collection } from './search-store.ts';

/**
 * The field that documents are counted by. UNTRUSTED: `name`.
 *
 * @throws Problem `invalid_query` when there is no such field, or it is long text, an id or a time
 */
export function groupField(collection: Collection, name: string): Field {
  const field = findField(collection, name);
  if (field === undefined || GROUPLESS.has(field.type)) {
    throw queryProblem({
      position: 0,
      expected: `a field of ${collection} with few values to count by`,
      found: `\`${name.slice(0, 60).toWellFormed()}\``,
    });
  }
  return field;
}

const GROUPLESS: ReadonlySet<Field['type']> = new Set(['text', 'time', 'uuid']);
