import { isProblem } from '@tocsin/kernel/problem.ts';
import { parseQuery } from '@tocsin/query/parse-query.ts';
import type { Query } from '@tocsin/query/query.ts';
import { withQueryText } from '@tocsin/query/query-fault.ts';

/** Parses a query and runs with it; a fault that the store finds in it later is shown with its place in the text. */
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
