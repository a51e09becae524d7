import type { Frame, FrameContentType } from '@tocsin/bus/frame.ts';
import { parseTenantId } from '@tocsin/kernel/tenant-id.ts';
import { uuidV5 } from '@tocsin/kernel/uuid.ts';

const NAMESPACE = '00000000-0000-5000-8000-000000000001';
export const ACME = parseTenantId('acme-corp');
/** Time of receipt of sample frames. */
export const RECEIVED_AT = Date.UTC(2026, 2, 3, 12);

/** A frame of raw events with the given lines. Its id follows from `name`, and looks like one given at accept. */
export function frameOf(
  name: string,
  lines: readonly string[],
  members: Partial<Frame> = {},
): Frame {
  const id = uuidV5(NAMESPACE, name);
  return {
    id: `${id.slice(0, 14)}7${id.slice(15)}`,
    tenantId: ACME,
    topic: 'raw.events',
    keySlot: 0,
    count: lines.length,
    contentType: 'application/x-tocsin-events' satisfies FrameContentType,
    sourceHint: '',
    receivedAt: RECEIVED_AT,
    traceparent: '',
    requestId: '',
    body: Buffer.from(lines.join('\n')),
    ...members,
  };
}

/** A failed login as a client posts it. */
export function failedLogin(actor: string, second: number, members: object = {}): string {
  return JSON.stringify({
    category: 'auth',
    outcome: 'failure',
    actor: { id: actor },
    timestamp: new Date(RECEIVED_AT - 3_600_000 + second * 1000).toISOString(),
    attributes: { failed_login_count: 1 },
    ...members,
  });
}

/** The id of the n-th event to which its client gave one. */
export function clientId(n: number): string {
  return uuidV5(NAMESPACE, `client/${n}`);
}
