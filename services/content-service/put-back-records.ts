import type { RulePutBackRow } from '@tocsin/database/content-tables.ts';
import type { PlatformTransaction } from '@tocsin/database/database.ts';
import type { Selectable } from 'kysely';

/** That somebody wants a rule of the installation back on the hot path, as stored. */
export type RulePutBackRecord = Selectable<RulePutBackRow>;

/** All of them: at most one for each rule that was ever put back. */
export function listPutBacks(tx: PlatformTransaction): Promise<RulePutBackRecord[]> {
  return tx.selectFrom('rule_put_backs').selectAll().orderBy('rule_id').execute();
}

/** Keeps the newest of a rule. */
export async function keepPutBack(tx: PlatformTransaction, row: RulePutBackRecord): Promise<void> {
  const { rule_id: _id, ...newer } = row;
  await tx
    .insertInto('rule_put_backs')
    .values(row)
    .onConflict((on) => on.column('rule_id').doUpdateSet(newer))
    .execute();
}
