import { isIP } from 'node:net';
import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import { writeAudit } from '@tocsin/database/audit.ts';
import { checkAddress, parseOutsideUrl } from '@tocsin/http/call-outside.ts';
import { type Route, tenantRoute } from '@tocsin/http/route.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import { uuidV7 } from '@tocsin/kernel/uuid.ts';
import Type from 'typebox';
import { renderWebhook, Webhook, WebhookInput } from '../domain/webhook.ts';
import { secretText } from '../domain/webhook-signature.ts';
import type { NotificationDeps } from '../notification-deps.ts';
import { findWebhook, putWebhook, removeWebhook, type WebhookRecord } from '../records.ts';

const PATH = '/v1/notifications/webhook';
const tags = ['notifications'] as const;
const WebhookWithSecret = Type.Object({
  ...Webhook.properties,
  secret: Type.Union([Type.String(), Type.Null()], {
    description: 'Shown once, when it was made: verify calls with it (Standard Webhooks)',
  }),
});

/** Where a tenant wants to be called with what it is told. */
export function webhookRoutes(deps: NotificationDeps): readonly Route[] {
  return [getRoute(deps), putRoute(deps), deleteRoute(deps)];
}

function getRoute({ database }: NotificationDeps): Route {
  return tenantRoute({
    method: 'GET',
    path: PATH,
    operationId: 'getWebhook',
    summary: 'Show the webhook',
    tags,
    permission: 'notifications:read',
    responses: { 200: Webhook },
    handle: async (tenant) => {
      const hook = await database.inTenant(tenant, (tx) => findWebhook(tx, tenant));
      if (hook === undefined) throw absent();
      return { status: 200, body: renderWebhook(hook) };
    },
  });
}

function putRoute(deps: NotificationDeps): Route {
  return tenantRoute({
    method: 'PUT',
    path: PATH,
    operationId: 'putWebhook',
    summary: 'Set the webhook, or make another secret for it',
    tags,
    permission: 'notifications:write',
    body: WebhookInput,
    responses: { 200: WebhookWithSecret },
    handle: async (tenant, { body, requestId }) => {
      checkUrl(deps, body.url);
      const { before, after } = await keep(deps, tenant, body, requestId);
      const isNew = before?.secret_id !== after.secret_id;
      const secret = isNew ? secretText(deps.secrets(tenant.tenantId, after.secret_id)) : null;
      return { status: 200, body: { ...renderWebhook(after), secret } };
    },
  });
}

function deleteRoute({ database }: NotificationDeps): Route {
  return tenantRoute({
    method: 'DELETE',
    path: PATH,
    operationId: 'deleteWebhook',
    summary: 'Remove the webhook',
    tags,
    permission: 'notifications:write',
    responses: { 204: undefined },
    handle: async (tenant, { requestId }) => {
      await database.inTenant(tenant, async (tx) => {
        const before = await findWebhook(tx, tenant);
        if (before === undefined) throw absent();
        await removeWebhook(tx, tenant);
        await writeAudit(tx, tenant, audited('webhook.remove', before, undefined, requestId));
      });
      return { status: 204 };
    },
  });
}

function keep(
  { database, world }: NotificationDeps,
  tenant: TenantContext,
  input: WebhookInput,
  requestId: string,
) {
  const at = new Date(world.clock.now());
  return database.inTenant(tenant, async (tx) => {
    const before = await findWebhook(tx, tenant);
    const secret =
      before === undefined || input.new_secret
        ? {
            secret_id: uuidV7(world.clock, world.random),
            former_secret_id: before?.secret_id ?? null,
            secret_since: at,
          }
        : {
            secret_id: before.secret_id,
            former_secret_id: before.former_secret_id,
            secret_since: before.secret_since,
          };
    const after = await putWebhook(tx, {
      tenant_id: tenant.tenantId,
      url: input.url,
      event_types: input.event_types ?? null,
      enabled: input.enabled,
      ...secret,
      updated_at: at,
      updated_by: tenant.actor,
    });
    await writeAudit(tx, tenant, audited('webhook.set', before, after, requestId));
    return { before, after };
  });
}

/** A name is checked when it is called: what it leads to may change. */
function checkUrl({ addresses }: NotificationDeps, text: string): void {
  const url = parseOutsideUrl(text);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0) checkAddress(url, host, addresses);
}

function audited(
  action: 'webhook.set' | 'webhook.remove',
  before: WebhookRecord | undefined,
  after: WebhookRecord | undefined,
  requestId: string,
) {
  return {
    action,
    objectType: 'webhook',
    objectId: 'webhook',
    before: before === undefined ? null : renderWebhook(before),
    after: after === undefined ? null : renderWebhook(after),
    requestId,
  };
}

function absent(): Problem {
  return new Problem('not_found', { detail: 'there is no webhook; set one by PUT' });
}
