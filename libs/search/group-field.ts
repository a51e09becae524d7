import { Problem } from '@tocsin/kernel/problem.ts';
import { type Field, findField } from './fields.ts';
import type { Collection } from './search-store.ts';

/**
 * The field that documents are counted by. UNTRUSTED: `name`.
 *
 * @throws Problem `invalid_query` when there is no such field, or it is long text, an id or a time
 */
export function groupField(collection: Collection, name: string): Field {
  const field = findField(collection, name);
  if (field !== undefined && !GROUPLESS.has(field.type)) return field;
  const shown = name.slice(0, 60).toWellFormed();
  throw new Problem('invalid_query', {
    detail: `${collection} cannot be counted by \`${shown}\`: name a keyword, address or number field or an attribute`,
  });
}

const GROUPLESS: ReadonlySet<Field['type']> = new Set(['text', 'time', 'uuid']);
