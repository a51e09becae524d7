import { createHash } from 'node:crypto';
import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import { isUuid } from '@tocsin/kernel/uuid.ts';
import { formatQuery } from '@tocsin/query/format-query.ts';
import type { RowPosition } from './compile-sql.ts';
import type { SearchRequest } from './search-store.ts';

/** Longest cursor that is looked at. */
const CURSOR_LENGTH_MAX = 200;
const CHECK_LENGTH = 22;

/** What a cursor is bound to. */
export type CursorScope = Pick<SearchRequest, 'collection' | 'query' | 'range' | 'order'>;

/**
 * The cursor of the page after a row. It holds the row's time and id and a check over them, the tenant, collection,
 * query, range and order, so that it cannot be used with another question. The check is no secret: who forges a
 * cursor only chooses where in his own answer he goes on, because the tenant never comes from it.
 */
export function writeCursor(tenant: TenantContext, scope: CursorScope, last: RowPosition): string {
  const place = `${last.time.toString(36)}.${last.id}`;
  return Buffer.from(`${checkOf(tenant, scope, place)}${place}`).toString('base64url');
}

/**
 * Where a page goes on. UNTRUSTED: `cursor`.
 *
 * @throws Problem `invalid_cursor` when it is malformed or was made for another tenant, query, range or order
 */
export function readCursor(tenant: TenantContext, scope: CursorScope, cursor: string): RowPosition {
  if (cursor.length > CURSOR_LENGTH_MAX) throw invalid();
  const text = Buffer.from(cursor, 'base64url').toString('latin1');
  const place = text.slice(CHECK_LENGTH);
  const [time = '', id = ''] = place.split('.');
  const position = { time: Number.parseInt(time, 36), id };
  const known = text.slice(0, CHECK_LENGTH) === checkOf(tenant, scope, place);
  if (!known || !Number.isSafeInteger(position.time) || !isUuid(id)) throw invalid();
  return position;
}

function checkOf(tenant: TenantContext, scope: CursorScope, place: string): string {
  const bound = [
    tenant.tenantId,
    scope.collection,
    formatQuery(scope.query),
    scope.range.from,
    scope.range.to,
    scope.order ?? 'newest',
    place,
  ];
  const digest = createHash('sha256').update(JSON.stringify(bound)).digest('base64url');
  return digest.slice(0, CHECK_LENGTH);
}

function invalid(): Problem {
  return new Problem('invalid_cursor', {
    detail: 'the cursor belongs to another query, range, order or tenant: start again without it',
  });
}
