import { systemContext } from '@tocsin/auth/tenant-context.ts';
import { parseTenantId } from '@tocsin/kernel/tenant-id.ts';
import { uuidV5 } from '@tocsin/kernel/uuid.ts';
import { systemWorld, type World } from '@tocsin/kernel/world.ts';
import { parseQuery } from '@tocsin/query/parse-query.ts';
import { ALL_TIME, type Document } from '../../search-store.ts';
import { DuckDbEventStore } from '../duckdb-event-store.ts';

const NAMESPACE = '00000000-0000-5000-8000-000000000002';
export const ACME = systemContext(parseTenantId('acme-corp'), 'test');
export const GLOBEX = systemContext(parseTenantId('globex'), 'test');
/** Noon of the first received day of sample documents. */
export const NOON = Date.UTC(2026, 0, 1, 12);
export const DAY_MS = 86_400_000;

/** A store on a folder, small. */
export function openStore(folder: string, world: Partial<World> = {}): Promise<DuckDbEventStore> {
  return DuckDbEventStore.open({
    folder,
    world: { ...systemWorld(), ...world },
    formatRawRef: ({ segment }) => segment,
    memoryMb: 256,
  });
}

/** The source that sample frames come from. */
export const sourceOf = (tenant = ACME): string => `raw.events/0/${tenant.tenantId}`;

/** Documents of one frame, named after it: `<name>-0` and so on. */
export function documentsOf(
  name: string,
  count: number,
  members: { tenant?: typeof ACME; receivedAt?: number; actor?: string; message?: string } = {},
): Document[] {
  const { tenant = ACME, receivedAt = NOON, actor = 'ada', message = '' } = members;
  return Array.from({ length: count }, (_, index) => ({
    tenant_id: tenant.tenantId,
    event_id: uuidV5(NAMESPACE, `${name}/${index}`),
    timestamp: new Date(receivedAt - 1000 + index).toISOString(),
    ingested_at: new Date(receivedAt).toISOString(),
    category: 'auth',
    severity: 3,
    source: { system: 'sample' },
    actor: { name: actor },
    message: `${name}-${index} ${message}`.trim(),
    attributes: { note: message },
  }));
}

/** How often each message is stored, over all pages. */
export async function messagesIn(
  store: DuckDbEventStore,
  tenant = ACME,
): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (let cursor: string | undefined; ; ) {
    const page = await store.search(tenant, {
      collection: 'events',
      query: parseQuery(''),
      range: ALL_TIME,
      limit: 200,
      ...(cursor === undefined ? {} : { cursor }),
    });
    for (const { message } of page.items) {
      counts.set(String(message), (counts.get(String(message)) ?? 0) + 1);
    }
    cursor = page.nextCursor;
    if (cursor === undefined) return counts;
  }
}
