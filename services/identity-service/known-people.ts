import type { PlatformTransaction } from '@tocsin/database/database.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import type { TenantId } from '@tocsin/kernel/tenant-id.ts';
import { sql } from 'kysely';

/** How long somebody who does not log in any more is known, and counts. */
export const KNOWN_MS = 30 * 24 * 3_600_000;

/** Somebody who logs in to a tenant. */
export interface Arrival {
  readonly tenantId: TenantId;
  readonly subject: string;
  /** The tenant's quota `users`. */
  readonly peopleMax: number;
  readonly now: number;
}

/**
 * Remembers who logged in to a tenant.
 *
 * @throws Problem `forbidden` when as many others as the quota allows did so within {@link KNOWN_MS}
 */
export async function notePerson(tx: PlatformTransaction, arrival: Arrival): Promise<void> {
  const { tenantId, subject, peopleMax, now } = arrival;
  await tx
    .deleteFrom('known_people')
    .where('tenant_id', '=', tenantId)
    .where('last_login_at', '<=', new Date(now - KNOWN_MS))
    .execute();
  const met = await tx
    .updateTable('known_people')
    .set({ last_login_at: new Date(now) })
    .where('tenant_id', '=', tenantId)
    .where('subject', '=', subject)
    .executeTakeFirst();
  if (met.numUpdatedRows > 0n) return;
  // One after the other, or two at once would both find room for one.
  await sql`select pg_advisory_xact_lock(hashtext(${`known_people ${tenantId}`}))`.execute(tx);
  const { others } = await tx
    .selectFrom('known_people')
    .select((count) => count.fn.countAll<string>().as('others'))
    .where('tenant_id', '=', tenantId)
    .where('subject', '<>', subject)
    .executeTakeFirstOrThrow();
  if (Number(others) >= peopleMax) {
    throw new Problem('forbidden', {
      detail: `${tenantId} may have ${peopleMax} people who log in within 30 days, and has them: ask for a larger quota (users)`,
    });
  }
  await tx
    .insertInto('known_people')
    .values({ tenant_id: tenantId, subject, last_login_at: new Date(now) })
    .onConflict((taken) =>
      taken.columns(['tenant_id', 'subject']).doUpdateSet({ last_login_at: new Date(now) }),
    )
    .execute();
}
