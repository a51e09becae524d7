import { writePlatformAudit } from '@tocsin/database/audit.ts';
import { notFound } from '@tocsin/http/path-id.ts';
import { platformRoute, type Route } from '@tocsin/http/route.ts';
import Type from 'typebox';
import type { ContentDeps } from '../content-deps.ts';
import { PlatformDeferred } from '../domain/deferred-view.ts';
import { platformDeferred } from '../find-deferred.ts';
import { keepPutBack } from '../put-back-records.ts';

const params = Type.Object({ rule_id: Type.String({ minLength: 1, maxLength: 200 }) });

/**
 * `POST /v1/platform/deferred-rules/{rule_id}/put-back`. The detector follows within seconds, once nothing waits for the
 * rule; what still costs too much is moved off the hot path again.
 */
export function putRuleBackRoute(deps: ContentDeps): Route {
  const { database, world } = deps;
  return platformRoute({
    method: 'POST',
    path: '/v1/platform/deferred-rules/{rule_id}/put-back',
    operationId: 'putRuleBack',
    summary: 'Try a Sigma rule of the installation on the hot path again',
    tags: ['rules'],
    permission: 'tenants:write',
    params,
    responses: { 202: PlatformDeferred },
    handle: async (principal, { params: { rule_id }, requestId }) => {
      const find = await platformDeferred(deps);
      const body = await database.inPlatform(async (tx) => {
        const before = (await find(tx)).find((rule) => rule.rule_id === rule_id);
        if (before === undefined) throw notFound('deferred rule', rule_id);
        const asked = {
          rule_id,
          deferred_since: new Date(before.since),
          asked_at: new Date(world.clock.now()),
          asked_by: principal.subject,
        };
        await keepPutBack(tx, asked);
        const put_back_at = asked.asked_at.toISOString();
        const after = { ...before, put_back_at, put_back_by: asked.asked_by };
        const change = { action: 'rule.put_back', objectType: 'rule', objectId: rule_id };
        await writePlatformAudit(tx, principal, '', { ...change, before, after, requestId });
        return after;
      });
      return { status: 202, body };
    },
  });
}
