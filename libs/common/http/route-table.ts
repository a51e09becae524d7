import { PERMISSIONS } from '@tocsin/auth/role.ts';
import { assert } from '@tocsin/kernel/assert.ts';
import type { Route } from './route.ts';

/**
 * Refuses a route table that would be unsafe or ambiguous: a route without a scope or permission, two routes with
 * the same operation id, or the same method and path. Our own bug, so the process does not start (design 6).
 */
export function checkRouteTable(routes: readonly Route[]): void {
  const seen = new Set<string>();
  for (const route of routes) {
    const name = `${route.method} ${route.path}`;
    assert(isGuarded(route), `${name} declares a scope and a permission`);
    for (const key of [
      route.operationId,
      `${route.method} ${route.path.replace(/\{\w+\}/g, '{}')}`,
    ]) {
      assert(!seen.has(key), `${key} is declared once`);
      seen.add(key);
    }
  }
}

function isGuarded(route: Route): boolean {
  if (route.scope === 'public') return route.permission === 'none';
  const { scope, permission }: { scope: string; permission: unknown } = route;
  return (
    (scope === 'tenant' || scope === 'platform') &&
    PERMISSIONS.some((known) => known === permission)
  );
}

/** A path in Fastify's form: `/v1/cases/{id}` becomes `/v1/cases/:id`. */
export function routerPath(path: string): string {
  return path.replace(/\{(\w+)\}/g, ':$1');
}

/** Finds the methods a concrete path has, for the header `Allow`; empty when the path is unknown. */
export function allowedMethods(routes: readonly Route[]): (path: string) => string[] {
  const table = routes.map((route) => ({ method: route.method, pattern: pathPattern(route.path) }));
  return (path) => {
    const found = new Set<string>();
    for (const { method, pattern } of table) {
      if (!pattern.test(path)) continue;
      found.add(method);
      if (method === 'GET') found.add('HEAD');
    }
    return [...found].sort();
  };
}

function pathPattern(path: string): RegExp {
  const escaped = path.replace(/[.+?^$()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replace(/\{\w+\}/g, '[^/]+').replace(/\*$/, '.*')}$`);
}
