import { assert } from '@tocsin/kernel/assert.ts';
import { openapiDocument } from './openapi.ts';
import type { Route } from './route.ts';

/** The routes that one process serves. */
export interface ProcessRoutes {
  readonly process: string;
  readonly routes: readonly Route[];
}

/**
 * The one document of the API of several processes: each operation names those that serve it. Where two serve the
 * same, the later one is printed: name the process that forwards before the one that does the work.
 * Our own bug, so an assertion: processes that guard the same operation differently.
 */
export function wholeDocument(
  version: string,
  tables: readonly ProcessRoutes[],
): Record<string, unknown> {
  const serving = new Map<string, { route: Route; processes: string[] }>();
  for (const { process, routes } of tables) {
    for (const route of routes) {
      const key = `${route.method} ${route.path}`;
      const known = serving.get(key);
      if (known !== undefined) assertAlike(known.route, route);
      serving.set(key, { route, processes: [...(known?.processes ?? []), process] });
    }
  }
  const sorted = [...serving.values()].sort((a, b) =>
    orderOf(a.route) < orderOf(b.route) ? -1 : 1,
  );
  const document = openapiDocument({
    service: 'API',
    version,
    routes: sorted.map(({ route }) => route),
  });
  const paths = document['paths'] as Record<string, Record<string, Record<string, unknown>>>;
  for (const { route, processes } of sorted) {
    const operation = paths[route.path]?.[route.method.toLowerCase()];
    if (operation !== undefined) operation['x-tocsin-processes'] = processes;
  }
  return document;
}

function orderOf(route: Route): string {
  return `${route.path} ${route.method}`;
}

function assertAlike(one: Route, other: Route): void {
  const name = `${one.method} ${one.path}`;
  assert(one.scope === other.scope, `${name} has the same scope in each process`);
  assert(one.permission === other.permission, `${name} has the same permission in each process`);
  assert(one.operationId === other.operationId, `${name} has the same name in each process`);
}
