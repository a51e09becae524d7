import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import type { DeadLetter, DeadLetterQueue } from '@tocsin/bus/event-bus.ts';
import { writeAudit } from '@tocsin/database/audit.ts';
import { sql } from 'kysely';
import { parkedSummary } from './domain/dead-letter.ts';
import type { QueueDeps, ShownQueue } from './queue-deps.ts';

/** What was decided on a dead letter, as the audit log names it. */
export type Decision = 'queue.redrive' | 'queue.discard';

/**
 * Puts a decision on record, once for each letter. Bus and database share no transaction, so the record comes first
 * and binds: what was decided and not done, because the process ended or the bus was away, is done by
 * {@link finishDecisions}.
 *
 * @returns the decision that holds: an earlier one goes before this one
 */
export function decide(
  { database }: QueueDeps,
  tenant: TenantContext,
  decision: Decision,
  what: { readonly queue: ShownQueue; readonly letter: DeadLetter; readonly requestId: string },
): Promise<Decision> {
  const { id } = what.letter;
  return database.inTenant(tenant, async (tx) => {
    await sql`select pg_advisory_xact_lock(hashtextextended(${`${tenant.tenantId}/${id}`}, 0))`.execute(
      tx,
    );
    const earlier = await tx
      .selectFrom('audit_log')
      .select('action')
      .where('tenant_id', '=', tenant.tenantId)
      .where('object_type', '=', 'dead_letter')
      .where('object_id', '=', id)
      .executeTakeFirst();
    if (earlier !== undefined) return decisionOf(earlier.action);
    await writeAudit(tx, tenant, {
      action: decision,
      objectType: 'dead_letter',
      objectId: id,
      before: parkedSummary(what.queue, what.letter),
      after: null,
      requestId: what.requestId,
    });
    return decision;
  });
}

/** Does to letters what was decided on them and not done. The letters on which nothing is decided. */
export async function finishDecisions(
  { database }: QueueDeps,
  tenant: TenantContext,
  queue: DeadLetterQueue,
  letters: readonly DeadLetter[],
): Promise<readonly DeadLetter[]> {
  if (letters.length === 0) return letters;
  const ids = letters.map((letter) => letter.id);
  const rows = await database.inTenant(tenant, (tx) =>
    tx
      .selectFrom('audit_log')
      .select(['object_id', 'action'])
      .where('tenant_id', '=', tenant.tenantId)
      .where('object_type', '=', 'dead_letter')
      .where('object_id', 'in', ids)
      .execute(),
  );
  for (const row of rows) await carryOut(queue, tenant, decisionOf(row.action), row.object_id);
  const decided = new Set(rows.map((row) => row.object_id));
  return letters.filter((letter) => !decided.has(letter.id));
}

/** False when the letter is gone: it was done before. */
export function carryOut(
  queue: DeadLetterQueue,
  tenant: TenantContext,
  decision: Decision,
  id: string,
): Promise<boolean> {
  if (decision === 'queue.redrive') return queue.redrive(tenant.tenantId, id);
  return queue.discard(tenant.tenantId, id);
}

function decisionOf(action: string): Decision {
  return action === 'queue.redrive' ? 'queue.redrive' : 'queue.discard';
}
