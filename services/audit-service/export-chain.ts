import type { World } from '@tocsin/kernel/world.ts';
import type { Chain } from './chain-store.ts';
import { emptyChain, rowText } from './domain/chain.ts';
import { entryLine, headerLines } from './domain/export-lines.ts';
import { type AuditKey, signStatement, statementLine } from './domain/statement.ts';
import { findEnd, findStatement, sealedRows } from './records.ts';

/** Rows read in one transaction. */
const PAGE_ROWS = 1_000;

/**
 * The lines of an export, with their newlines: header, what retention has cut off, every sealed row, and the head,
 * signed now. A row that is not in the database any more is missing in the export too, and verification says so.
 */
export async function* exportChain(
  chain: Chain,
  ring: AuditKey,
  clock: World['clock'],
): AsyncGenerator<string> {
  // One key from the first line to the last, also when it is rotated meanwhile.
  await ring.refresh?.();
  const { id, privateKey, publicKey, former = [] } = ring;
  const key = { id, privateKey, publicKey, former };
  const { cut, end } = await chain.inTransaction(async (tx) => ({
    cut: await findStatement(tx, chain.tenantId, 'cut', chain.name),
    end: (await findEnd(tx, chain.tenantId)) ?? emptyChain(chain.name),
  }));
  yield headerLines(chain.name, key)
    .map((line) => `${line}\n`)
    .join('');
  if (cut !== undefined) yield `${statementLine(cut)}\n`;
  for (let after = cut?.seq ?? 0; after < end.seq; ) {
    const rows = await chain.inTransaction((tx) =>
      sealedRows(tx, chain.tenantId, after, end.seq, PAGE_ROWS),
    );
    const last = rows.at(-1);
    if (last === undefined) break;
    after = Number(last.seq);
    yield rows.map((row) => `${entryLine(Number(row.seq), row.hash, rowText(row))}\n`).join('');
  }
  const head = signStatement('head', chain.name, end, new Date(clock.now()), key);
  yield `${statementLine(head)}\n`;
}
