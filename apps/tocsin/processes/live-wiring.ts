import { authenticate } from '@tocsin/auth/authenticate.ts';
import type { CredentialVerifier } from '@tocsin/auth/credential-verifier.ts';
import type { EventBus, QueueDepth } from '@tocsin/bus/event-bus.ts';
import type { LogTopic } from '@tocsin/contracts/topic.ts';
import { CORRELATE_GROUP } from '@tocsin/correlate-service/consumers/alerts-scored.ts';
import { type TenantDirectory, TenantGate } from '@tocsin/http/tenant-directory.ts';
import type { Clock } from '@tocsin/kernel/clock.ts';
import type { LiveDeps } from '@tocsin/live-service/service.ts';
import { PIPELINE_GROUP } from '../pipeline/pipeline-host.ts';

/** How long one look at the queues serves all streams, milliseconds; well below what streams wait for stragglers. */
const DEPTH_MS = 250;

const WAITING = {
  events: { topic: 'raw.events', group: PIPELINE_GROUP },
  alerts: { topic: 'alerts.scored', group: CORRELATE_GROUP },
} as const satisfies Readonly<Record<string, { topic: LogTopic; group: string }>>;

/** What of a tenant waits on the bus, for streams: one look for all of them. */
export function oldestWaiting(
  bus: Pick<EventBus, 'depth'>,
  clock: Clock,
): LiveDeps['oldestWaiting'] {
  const looks = new Map<string, { readonly at: number; readonly depth: Promise<QueueDepth> }>();
  return async (what, tenant) => {
    const { topic, group } = WAITING[what];
    const known = looks.get(topic);
    const now = clock.monotonic();
    const fresh = known !== undefined && now - known.at < DEPTH_MS;
    const look = fresh ? known : { at: now, depth: bus.depth(topic, group) };
    if (!fresh) looks.set(topic, look);
    const { tenants } = await look.depth;
    return tenants.find(({ tenantId }) => tenantId === tenant.tenantId)?.oldestAt;
  };
}

/** Looks at a caller once more as the door did: credential, tenant, permission, and whether the tenant may work. */
export function admitAgain(
  verifier: CredentialVerifier,
  directory: TenantDirectory,
  clock: Clock,
): LiveDeps['admit'] {
  const gate = new TenantGate(directory, clock);
  return async (headers, permission) => {
    const access = { scope: 'tenant', permission, method: 'GET' } as const;
    const { tenant } = await authenticate(headers, verifier, access);
    if (tenant !== undefined) await gate.check(tenant.tenantId);
  };
}
