import { pageSchema } from '@tocsin/http/page.ts';
import { platformRoute, type Route } from '@tocsin/http/route.ts';
import type { ContentDeps } from '../content-deps.ts';
import { PlatformDeferred } from '../domain/deferred-view.ts';
import { platformDeferred } from '../find-deferred.ts';

/** `GET /v1/platform/deferred-rules`: all in one page, there are few. */
export function listDeferredRulesRoute(deps: ContentDeps): Route {
  return platformRoute({
    method: 'GET',
    path: '/v1/platform/deferred-rules',
    operationId: 'listDeferredRules',
    summary: 'List the Sigma rules of the installation that are tried off the hot path',
    tags: ['rules'],
    permission: 'tenants:read',
    responses: { 200: pageSchema(PlatformDeferred) },
    handle: async () => {
      const find = await platformDeferred(deps);
      const items = await deps.database.inPlatform(find);
      return { status: 200, body: { items, next_cursor: null } };
    },
  });
}
