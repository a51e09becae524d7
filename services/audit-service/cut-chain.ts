import { assert } from '@tocsin/kernel/assert.ts';
import { sql } from 'kysely';
import type { Chain } from './chain-store.ts';
import { type AuditKey, signStatement } from './domain/statement.ts';
import { findHash, findStatement, insertStatement } from './records.ts';

/**
 * Signs that the rows of a chain that were written before a time may go: the longest beginning of the chain without a
 * newer row. Retention removes only what such a statement covers, and an export begins with it. Does nothing when
 * there is no row to cut off.
 */
export async function cutChain(
  chain: Chain,
  before: Date,
  key: AuditKey,
  signedAt: Date,
): Promise<void> {
  await chain.inTransaction(async (tx) => {
    const known = await findStatement(tx, chain.tenantId, 'cut', chain.name);
    const { rows } = await sql<{ seq: string | null }>`
      select max(s.seq) as seq from audit_seals s
      where s.tenant_id = ${chain.tenantId} and s.seq > ${known?.seq ?? 0} and s.seq < coalesce((
        select min(n.seq) from audit_seals n
        join audit_log l on l.audit_id = n.audit_id and l.tenant_id = n.tenant_id
        where n.tenant_id = ${chain.tenantId} and n.seq > ${known?.seq ?? 0} and l.at >= ${before}
      ), 9223372036854775807)`.execute(tx);
    const seq = rows[0]?.seq ?? null;
    if (seq === null) return;
    const hash = await findHash(tx, chain.tenantId, Number(seq));
    assert(hash !== undefined, 'a place that was just seen has a hash');
    const end = { seq: Number(seq), hash };
    await insertStatement(tx, chain.tenantId, signStatement('cut', chain.name, end, signedAt, key));
  });
}
