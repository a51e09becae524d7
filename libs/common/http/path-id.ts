import { Problem } from '@tocsin/kernel/problem.ts';
import { isUuid } from '@tocsin/kernel/uuid.ts';
import Type from 'typebox';

/** A UUID in a body or query, in either case of letters; not the `urn:uuid:` form. */
export const uuidText = Type.String({
  pattern: '^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$',
  description: 'A UUID',
});

/** Path parameters of a route on one object, for `params`. What is no UUID names nothing: 404, see {@link pathId}. */
export const idParams = Type.Object({ id: Type.String({ maxLength: 200, description: 'A UUID' }) });

/**
 * The id of an object from a path, lower case.
 *
 * @throws {@link Problem} `not_found`, as for an object that is not there or is another tenant's
 */
export function pathId(id: string, noun: string): string {
  if (isUuid(id)) return id.toLowerCase();
  throw notFound(noun, id);
}

/** The problem of an object that is not there, or is another tenant's: callers cannot tell which. */
export function notFound(noun: string, id: string): Problem {
  return new Problem('not_found', { detail: `there is no ${noun} ${id}` });
}
