import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import type { Envelope } from '@tocsin/contracts/envelope.ts';
import type { WorkTopic } from '@tocsin/contracts/topic.ts';
import { assert } from '@tocsin/kernel/assert.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import { isUuid } from '@tocsin/kernel/uuid.ts';
import type { TenantTransaction } from './database.ts';

/** Largest envelope, in bytes of JSON. What is larger belongs in the object store, with its name in the envelope. */
export const ENVELOPE_BYTES_MAX = 128 * 1024;

/**
 * Puts messages in the transaction of the change that they tell of (design 3.9), at most 10,000 in one call. The relay (`outbox-relay.ts`)
 * publishes them after the commit, at least once; `envelope.event_id` is the row's id, so readers see a repeat as one.
 *
 * @throws Problem `body_too_large` past {@link ENVELOPE_BYTES_MAX}; `conflict` when the id is already waiting
 */
export async function writeOutbox(
  tx: TenantTransaction,
  tenant: TenantContext,
  topic: WorkTopic,
  ...envelopes: readonly Envelope[]
): Promise<void> {
  if (envelopes.length === 0) return;
  const rows = envelopes.map((envelope) => ({
    tenant_id: tenant.tenantId,
    outbox_id: envelope.event_id,
    topic,
    envelope: envelopeText(tenant, envelope),
  }));
  await tx.insertInto('outbox').values(rows).execute();
}

function envelopeText(tenant: TenantContext, envelope: Envelope): string {
  assert(envelope.tenant_id === tenant.tenantId, 'an envelope is of the tenant that writes it');
  assert(isUuid(envelope.event_id), 'an envelope has a UUID as event_id');
  const text = JSON.stringify(envelope);
  if (Buffer.byteLength(text) <= ENVELOPE_BYTES_MAX) return text;
  throw new Problem('body_too_large', {
    detail: `a message to other parts of Tocsin has at most ${ENVELOPE_BYTES_MAX} bytes`,
  });
}
