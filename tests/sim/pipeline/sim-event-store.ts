import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import type { NormalizedEvent } from '@tocsin/contracts/normalized-event.ts';
import type { Random } from '@tocsin/kernel/random.ts';
import { ClientIds } from '@tocsin/search/duckdb/client-ids.ts';
import type { FrameEvent, FrameFacts, SealedRoll } from '@tocsin/search/duckdb/event-writer.ts';
import type { FrameRecord } from '@tocsin/search/duckdb/frame-record.ts';
import type { PipelineStore } from '@tocsin/tocsin/pipeline/pipeline.ts';
import type { Life, Machine } from './machine.ts';
import type { PipelineBreak } from './pipeline-breaks.ts';

/** A stored row, with the line it was made of. */
export interface SimRow {
  readonly event: NormalizedEvent;
  /** Number of its frame within the store, in the order of storing. */
  readonly frame: number;
  readonly ordinal: number;
  /** Place of its line in the archive. */
  readonly segment: string;
  readonly line: number;
}

interface Batch {
  readonly rows: SimRow[];
  readonly frames: FrameRecord[];
  readonly day: string;
}

/** What a power cut leaves of the event store: a transaction is there whole or not at all. */
export class SimTables {
  readonly rows: SimRow[] = [];
  readonly frames: FrameRecord[] = [];
  day = '';

  applied(source: string): number {
    return this.frames.reduce(
      (last, frame) => (frame.source === source ? Math.max(last, frame.offset) : last),
      0,
    );
  }
}

/** The event store in one process, as the pipeline sees it: hot rows in memory, batches in transactions. */
export function openSimStore(
  machine: Machine,
  life: Life,
  tables: SimTables,
  random: Random,
  broken: PipelineBreak | undefined,
): PipelineStore {
  const ids = new ClientIds(random);
  for (const frame of tables.frames)
    if (frame.frameId[14] === '5') ids.seen(frame.tenantId, frame.frameId);
  for (const { event } of tables.rows)
    if (event.clientId) ids.seen(tables.frames[0]?.tenantId ?? '', event.eventId);
  let hot: Batch | undefined;
  let day = tables.day;
  let number = tables.frames.at(-1)?.frame ?? 0;
  const accepted = new Map(tables.frames.map(({ source }) => [source, tables.applied(source)]));
  let rolling: Promise<unknown> = Promise.resolve();
  const sealedBatches = new Map<SealedRoll, Batch>();

  const roll = (batch: Batch): Promise<void> => {
    const run = rolling.then(() =>
      machine.call(life, 'store commit', () => {
        if (machine.hostile && machine.chance(machine.odds.diskFails))
          throw new Error('planned EIO');
        tables.rows.push(...batch.rows);
        tables.frames.push(...batch.frames);
        tables.day = batch.day;
      }),
    );
    rolling = run;
    return run;
  };
  return {
    findFrameAt: (source, offset) =>
      machine.call(life, 'store read', () =>
        tables.frames.find((frame) => frame.source === source && frame.offset === offset),
      ),
    writer: {
      get hotRows() {
        return hot?.rows.length ?? 0;
      },
      startsDay: (receivedAt) => hot !== undefined && dayOf(receivedAt) > day,
      accepted: (source) => (broken === 'store-ignores-applied' ? 0 : (accepted.get(source) ?? 0)),
      isRepeated: (tenant: TenantContext, id) => ids.seen(tenant.tenantId, id),
      append(tenant, facts: FrameFacts, events: readonly FrameEvent[]) {
        if (dayOf(facts.receivedAt) > day) {
          day = dayOf(facts.receivedAt);
          ids.nextDay();
        }
        hot ??= { rows: [], frames: [], day };
        number += 1;
        accepted.set(facts.source, facts.offset);
        const { segment, firstLine } = facts;
        for (const { event, ordinal } of events)
          hot.rows.push({ event, frame: number, ordinal, segment, line: firstLine + ordinal });
        hot.frames.push({ ...facts, frame: number, tenantId: tenant.tenantId, parseFailures: [] });
        return Promise.resolve();
      },
      pass(source, offset) {
        accepted.set(source, Math.max(offset, accepted.get(source) ?? 0));
        return Promise.resolve();
      },
      seal() {
        if (hot === undefined) return Promise.resolve(undefined);
        // The pipeline only hands it back.
        const token = {} as unknown as SealedRoll;
        sealedBatches.set(token, hot);
        hot = undefined;
        return Promise.resolve(token);
      },
      async commit(sealed) {
        const batch = sealed === undefined ? undefined : sealedBatches.get(sealed);
        const done = batch === undefined ? rolling : roll(batch);
        if (broken === 'cursor-before-store') void done.catch(() => undefined);
        else await done;
      },
    },
  };
}

function dayOf(receivedAt: number): string {
  return new Date(receivedAt).toISOString().slice(0, 10);
}
