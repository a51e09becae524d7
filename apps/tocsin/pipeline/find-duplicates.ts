import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import { isProblem } from '@tocsin/kernel/problem.ts';
import type { NormalizedFrame } from '@tocsin/normalize-service/domain/normalize-frame.ts';
import type { PipelineEntry, PipelineStore } from './pipeline.ts';

const NONE: ReadonlySet<number> = new Set();

/** Ordinals of events whose client-given id was stored before. A frame seen before (`known`) decides as it did then. */
export async function findDuplicates(
  store: PipelineStore,
  tenant: TenantContext,
  source: string,
  entry: PipelineEntry,
  normalized: NormalizedFrame,
  known: boolean,
): Promise<ReadonlySet<number>> {
  // A request sent again under its idempotency key makes a frame with the same derived id (UUID version 5).
  const { id } = entry.frame;
  const isDerived = id[14] === '5';
  if (known) {
    if (!isDerived && !normalized.events.some(({ clientId }) => clientId)) return NONE;
    return duplicatesThen(store, source, entry.position.offset);
  }
  if (isDerived && store.writer.isRepeated(tenant, id)) return new Set(normalized.ordinals);
  const duplicates = new Set<number>();
  normalized.events.forEach((event, index) => {
    if (event.clientId && store.writer.isRepeated(tenant, event.eventId)) {
      duplicates.add(normalized.ordinals[index] ?? 0);
    }
  });
  return duplicates;
}

/**
 * What was found of a stored frame when it came first. Where the disk has not kept that, its events count once more,
 * for an attack must not be missed; the store names the damaged file.
 */
async function duplicatesThen(
  store: PipelineStore,
  source: string,
  offset: number,
): Promise<ReadonlySet<number>> {
  try {
    const record = await store.findFrameAt(source, offset);
    return new Set(record?.duplicates);
  } catch (error) {
    if (isProblem(error, 'stored_data_damaged')) return NONE;
    throw error;
  }
}
