import { systemContext, type TenantContext } from '@tocsin/auth/tenant-context.ts';
import type { WorkHandler, WorkOptions } from '@tocsin/bus/event-bus.ts';
import { WORK_GROUPS } from '@tocsin/contracts/topic.ts';
import { callOutside } from '@tocsin/http/call-outside.ts';
import { isProblem, Problem } from '@tocsin/kernel/problem.ts';
import { callBody, parseMessage, titleOf } from '../domain/notification.ts';
import { wantsCall } from '../domain/webhook.ts';
import { FORMER_SECRET_MS, signedHeaders } from '../domain/webhook-signature.ts';
import type { NotificationDeps } from '../notification-deps.ts';
import {
  changeNotification,
  findWebhook,
  keepNotification,
  type NotificationRecord,
  trimNotifications,
  type WebhookRecord,
} from '../records.ts';

/** How long one call may take, milliseconds. */
const CALL_TIMEOUT_MS = 5000;
/** After a call that failed, the tenant's webhook is let alone for so long: its calls must not use up all hands. */
const REST_MS = 2000;
/** Messages of a tenant between two looks at what is past the limit. */
const TRIM_EVERY = 100;
const ERROR_TEXT_MAX = 300;

const TOPIC = 'secplat.events.notify';
/** Ten attempts, the last about 17 minutes after the first: a receiver that is being restarted misses nothing. */
const OPTIONS = { attemptsMax: 10, leaseMs: 30_000, concurrency: 8 } satisfies WorkOptions;

/** Keeps each message of the topic as a notification, and calls the tenant's webhook with it (B-018, B-021). */
export function notifyWorker(deps: NotificationDeps) {
  const outcomes = deps.metrics.counter({
    name: 'tocsin_notifications_total',
    help: 'Messages of the notify topic by what became of them: kept, delivered, retried, failed',
    labels: ['tenant', 'outcome'],
  });
  const resting = new Map<string, number>();
  const kept = new Map<string, number>();

  const handler: WorkHandler = async ({ frame, attempt }) => {
    const tenant = systemContext(frame.tenantId, 'notify');
    const { row, hook } = await keep(deps, tenant, frame.body);
    await trim(tenant);
    if (row.delivery === 'delivered' || hook === undefined) {
      if (attempt === 1) outcomes.add({ tenant: tenant.tenantId, outcome: 'kept' }, 1);
      return;
    }
    const fault = await call(tenant, row, hook);
    const isLast = fault !== undefined && (attempt >= OPTIONS.attemptsMax || !fault.retryable);
    const outcome = fault === undefined ? 'delivered' : isLast ? 'failed' : 'retried';
    const at = new Date(deps.world.clock.now());
    await deps.database.inTenant(tenant, (tx) =>
      changeNotification(tx, tenant, row.notification_id, {
        delivery: outcome === 'retried' ? 'pending' : outcome,
        attempts: row.attempts + 1,
        delivered_at: fault === undefined ? at : null,
        last_error: fault?.detail?.slice(0, ERROR_TEXT_MAX) ?? null,
      }),
    );
    outcomes.add({ tenant: tenant.tenantId, outcome }, 1);
    if (fault !== undefined) throw fault;
  };
  return { topic: TOPIC, group: WORK_GROUPS[TOPIC], handler, options: OPTIONS } as const;

  async function trim(tenant: TenantContext): Promise<void> {
    const count = (kept.get(tenant.tenantId) ?? 0) + 1;
    kept.set(tenant.tenantId, count % TRIM_EVERY);
    if (count < TRIM_EVERY) return;
    await deps.database.inTenant(tenant, (tx) => trimNotifications(tx, tenant));
  }

  async function call(
    tenant: TenantContext,
    row: NotificationRecord,
    hook: WebhookRecord,
  ): Promise<Problem | undefined> {
    const now = deps.world.clock.monotonic();
    if (now < (resting.get(tenant.tenantId) ?? 0)) {
      return new Problem('unavailable', { detail: 'the webhook failed just before' });
    }
    const fault = await post(deps, row, hook);
    if (fault === undefined) resting.delete(tenant.tenantId);
    else resting.set(tenant.tenantId, deps.world.clock.monotonic() + REST_MS);
    return fault;
  }
}

/** The notification of a message, and the webhook that is to be called with it. */
function keep(deps: NotificationDeps, tenant: TenantContext, body: Buffer) {
  const message = parseMessage(body, tenant.tenantId);
  return deps.database.inTenant(tenant, async (tx) => {
    const hook = await findWebhook(tx, tenant);
    const wanted = wantsCall(hook, message.event_type) ? hook : undefined;
    const row = await keepNotification(tx, {
      tenant_id: tenant.tenantId,
      notification_id: message.event_id,
      event_type: message.event_type,
      severity: message.severity ?? '',
      title: titleOf(message),
      payload: JSON.stringify(message.payload ?? {}),
      occurred_at: new Date(message.ts),
      received_at: new Date(deps.world.clock.now()),
      delivery: wanted === undefined ? 'none' : 'pending',
    });
    return { row, hook: wanted };
  });
}

/** Calls the webhook. What went wrong, or undefined: it has the message. */
async function post(
  { world, secrets, addresses, findAddresses }: NotificationDeps,
  row: NotificationRecord,
  hook: WebhookRecord,
): Promise<Problem | undefined> {
  const now = world.clock.now();
  const isFresh = now < hook.secret_since.getTime() + FORMER_SECRET_MS;
  const ids = [hook.secret_id, isFresh ? hook.former_secret_id : null];
  const keys = ids.flatMap((id) => (id === null ? [] : [secrets(row.tenant_id, id)]));
  const body = callBody(row);
  const headers = signedHeaders(keys, row.notification_id, now, body);
  try {
    const call = { url: hook.url, headers, body, timeoutMs: CALL_TIMEOUT_MS };
    const { status } = await callOutside(call, addresses, findAddresses);
    return status >= 200 && status < 300 ? undefined : refusal(status);
  } catch (error) {
    if (isProblem(error)) return error;
    throw error;
  }
}

/** 408, 425, 429 and 5xx pass; what else a receiver refuses it would refuse again. */
function refusal(status: number): Problem {
  const passes = status >= 500 || [408, 425, 429].includes(status);
  const detail = `the webhook answered ${status}`;
  return new Problem(passes ? 'unavailable' : 'invalid_request', { detail });
}
