import { isProblem } from '@tocsin/kernel/problem.ts';
import { parseQuery } from './parse-query.ts';
import type { Query } from './query.ts';
import { withQueryText } from './query-fault.ts';

/**
 * Parses a query and runs with it; a fault that is found in it later (an unknown field, a wrong type) is shown with its
 * place in the text. UNTRUSTED: `text`.
 *
 * @throws Problem `invalid_query`
 */
export async function withQuery<Result>(
  text: string,
  run: (query: Query) => Promise<Result>,
): Promise<Result> {
  try {
    return await run(parseQuery(text));
  } catch (error) {
    throw isProblem(error, 'invalid_query') ? withQueryText(error, text) : error;
  }
}

/** The condition that a field has a value, to be joined to a query. Both come from code or closed sets. */
export function fieldEquals(field: string, value: string): Query {
  return { kind: 'match', field, pattern: [value], at: 0, valueAt: 0 };
}

/** All of the conditions. */
export function allOf(operands: readonly Query[]): Query {
  const [only] = operands;
  if (only !== undefined && operands.length === 1) return only;
  return operands.length === 0 ? { kind: 'all' } : { kind: 'and', operands };
}
