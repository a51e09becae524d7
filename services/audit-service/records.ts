import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import type { PlatformTransaction, TenantTransaction } from '@tocsin/database/database.ts';
import { sql } from 'kysely';
import type { AuditRowText, ChainEnd } from './domain/chain.ts';
import type { Statement, StatementKind } from './domain/statement.ts';

/** A transaction in which one chain lies: a tenant's own, or the platform's. Both schemas have the same tables. */
export type ChainTransaction = Pick<TenantTransaction, 'selectFrom' | 'insertInto'> &
  (TenantTransaction | PlatformTransaction);

/** A row with its place; `null` while it waits for it. */
export interface SealedRow extends AuditRowText {
  readonly seq: string | null;
  readonly hash: Buffer | null;
}

const ROW = sql`l.tenant_id, l.audit_id, l.at, l.actor, l.action, l.object_type, l.object_id,
  l.before::text as before, l.after::text as after, l.request_id`;

/** Chains with rows that wait for their seal, at most `limit`; `''` is the platform's. */
export async function waitingChains(tx: PlatformTransaction, limit: number): Promise<string[]> {
  const { rows } = await sql<{ tenant_id: string }>`
    with recursive waiting as (
      (select tenant_id from audit_waiting order by tenant_id limit 1)
      union all
      select (select h.tenant_id from audit_waiting h where h.tenant_id > w.tenant_id
              order by h.tenant_id limit 1)
      from waiting w where w.tenant_id is not null
    )
    select tenant_id from waiting where tenant_id is not null limit ${limit}`.execute(tx);
  return rows.map((row) => row.tenant_id);
}

/** Ids of rows of a chain that wait. */
export async function waitingRows(
  tx: PlatformTransaction,
  tenantId: string,
  limit: number,
): Promise<string[]> {
  const rows = await tx
    .selectFrom('audit_waiting')
    .select('audit_id')
    .where('tenant_id', '=', tenantId)
    .limit(limit)
    .execute();
  return rows.map((row) => row.audit_id);
}

/** The rows of these ids that have no seal, oldest first. */
export async function unsealedRows(
  tx: ChainTransaction,
  tenantId: string,
  auditIds: readonly string[],
): Promise<readonly AuditRowText[]> {
  const { rows } = await sql<AuditRowText>`
    select ${ROW} from audit_log l
    where l.audit_id = any (${[...auditIds]}::uuid[]) and (${tenantId} = '' or l.tenant_id = ${tenantId})
      and not exists (select from audit_seals s where s.tenant_id = ${tenantId} and s.audit_id = l.audit_id)
    order by l.at, l.audit_id`.execute(tx);
  return rows;
}

/** Where a chain stands, or undefined when it has no seal yet. */
export async function findEnd(
  tx: ChainTransaction,
  tenantId: string,
): Promise<ChainEnd | undefined> {
  const row = await tx
    .selectFrom('audit_seals')
    .select(['seq', 'hash'])
    .where('tenant_id', '=', tenantId)
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row === undefined ? undefined : { seq: Number(row.seq), hash: row.hash };
}

/** The hash at one place, or undefined when the chain has no such place. */
export async function findHash(
  tx: ChainTransaction,
  tenantId: string,
  seq: number,
): Promise<Buffer | undefined> {
  const row = await tx
    .selectFrom('audit_seals')
    .select('hash')
    .where('tenant_id', '=', tenantId)
    .where('seq', '=', String(seq))
    .executeTakeFirst();
  return row?.hash;
}

/** Adds the places of rows. Two sealers at once cannot fork a chain: a place is given once. */
export async function insertSeals(
  tx: ChainTransaction,
  tenantId: string,
  seals: readonly (ChainEnd & { readonly auditId: string })[],
): Promise<void> {
  await tx
    .insertInto('audit_seals')
    .values(
      seals.map(({ seq, auditId, hash }) => ({
        tenant_id: tenantId,
        seq,
        audit_id: auditId,
        hash,
      })),
    )
    .execute();
}

export async function insertStatement(
  tx: ChainTransaction,
  tenantId: string,
  statement: Statement,
): Promise<void> {
  await tx
    .insertInto('audit_heads')
    .values({
      tenant_id: tenantId,
      kind: statement.kind,
      seq: statement.seq,
      hash: statement.hash,
      signed_at: statement.signedAt,
      key_id: statement.keyId,
      signature: statement.signature,
    })
    .execute();
}

/** The newest statement of a kind. */
export async function findStatement(
  tx: ChainTransaction,
  tenantId: string,
  kind: StatementKind,
  chain: string,
): Promise<Statement | undefined> {
  const row = await tx
    .selectFrom('audit_heads')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('kind', '=', kind)
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return {
    kind,
    chain,
    seq: Number(row.seq),
    hash: row.hash,
    signedAt: row.signed_at,
    keyId: row.key_id,
    signature: row.signature,
  };
}

/** Sealed rows in chain order, from after `afterSeq` up to and with `toSeq`. */
export async function sealedRows(
  tx: ChainTransaction,
  tenantId: string,
  afterSeq: number,
  toSeq: number,
  limit: number,
): Promise<readonly (AuditRowText & { readonly seq: string; readonly hash: Buffer })[]> {
  const { rows } = await sql<AuditRowText & { seq: string; hash: Buffer }>`
    select s.seq, s.hash, ${ROW}
    from audit_seals s join audit_log l on l.audit_id = s.audit_id and (${tenantId} = '' or l.tenant_id = s.tenant_id)
    where s.tenant_id = ${tenantId} and s.seq > ${afterSeq} and s.seq <= ${toSeq}
    order by s.seq limit ${limit}`.execute(tx);
  return rows;
}

/** What a list of the log may be narrowed to. */
export interface AuditFilter {
  readonly actor?: string | undefined;
  readonly action?: string | undefined;
  readonly objectType?: string | undefined;
  readonly objectId?: string | undefined;
  readonly requestId?: string | undefined;
  /** Half-open, on the time of writing. */
  readonly since?: Date | undefined;
  readonly until?: Date | undefined;
  /** The platform's log only: the tenant that was changed. */
  readonly ofTenant?: string | undefined;
}

/** Rows newest first. `tenant` is the tenant whose log it is, `''` the platform's. */
export async function listRows(
  tx: ChainTransaction,
  tenant: TenantContext | undefined,
  filter: AuditFilter,
  page: { readonly limit: number; readonly after: { at: number; id: string } | undefined },
): Promise<readonly SealedRow[]> {
  const tenantId = tenant?.tenantId ?? '';
  const conditions = [
    ...(tenant === undefined ? [] : [sql`l.tenant_id = ${tenantId}`]),
    ...(filter.ofTenant === undefined ? [] : [sql`l.tenant_id = ${filter.ofTenant}`]),
    ...(filter.actor === undefined ? [] : [sql`l.actor = ${filter.actor}`]),
    ...(filter.action === undefined ? [] : [sql`l.action = ${filter.action}`]),
    ...(filter.objectType === undefined ? [] : [sql`l.object_type = ${filter.objectType}`]),
    ...(filter.objectId === undefined ? [] : [sql`l.object_id = ${filter.objectId}`]),
    ...(filter.requestId === undefined ? [] : [sql`l.request_id = ${filter.requestId}`]),
    ...(filter.since === undefined ? [] : [sql`l.at >= ${filter.since}`]),
    ...(filter.until === undefined ? [] : [sql`l.at < ${filter.until}`]),
    ...(page.after === undefined
      ? []
      : [sql`(l.at, l.audit_id) < (${new Date(page.after.at)}, ${page.after.id}::uuid)`]),
  ];
  const { rows } = await sql<SealedRow>`
    select ${ROW}, s.seq, s.hash
    from audit_log l left join audit_seals s on s.tenant_id = ${tenantId} and s.audit_id = l.audit_id
    ${conditions.length === 0 ? sql`` : sql`where ${sql.join(conditions, sql` and `)}`}
    order by l.at desc, l.audit_id desc limit ${page.limit}`.execute(tx);
  return rows;
}

/** The action of a row that tells of another audit key. */
export const ROTATION = 'audit_key.rotate';

/** Whether the platform's log tells that a key took over. */
export async function isRotationKnown(tx: PlatformTransaction, keyId: string): Promise<boolean> {
  const row = await tx
    .selectFrom('audit_log')
    .select('audit_id')
    .where('tenant_id', '=', '')
    .where('action', '=', ROTATION)
    .where('object_id', '=', keyId)
    .executeTakeFirst();
  return row !== undefined;
}
