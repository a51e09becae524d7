import type { DuckDBConnection } from '@duckdb/node-api';
import type { TimeRange } from '../search-store.ts';
import { dayFault } from './damaged-day.ts';
import { DayFile, type DayFileState } from './day-file.ts';
import { FileGate } from './file-gate.ts';
import type { FrameRecord } from './frame-record.ts';
import type { HotTable, TenantSpan } from './hot-table.ts';

/** One place to read rows of a tenant from: a day file up to the visible roll, or a hot table above it. */
export interface ReadTarget {
  /** The name of the day file; undefined for memory. */
  readonly file: string | undefined;
  readonly table: string;
  /** Rows with a roll above this are not to be read here: they are still read from memory. */
  readonly rollMax: number;
  /** Event times of the tenant in it. */
  readonly span: TenantSpan;
  /** The records of frames by their numbers. */
  readonly frames: (
    connection: DuckDBConnection,
    numbers: readonly number[],
  ) => Promise<readonly FrameRecord[]>;
  readonly release: () => Promise<void>;
}

/** The day files of a store and its hot tables: which roll is visible where. */
export class EventFiles {
  /** Whoever reads day files reads within it. */
  readonly gate = new FileGate();
  readonly #days = new Map<string, DayFile>();
  readonly #hot: HotTable[] = [];
  #visible = 0;
  readonly #unreadable = new Set<string>();

  /** Names of the day files in which a reader met damage since the start. */
  get unreadable(): readonly string[] {
    return [...this.#unreadable];
  }

  metDamage(name: string): void {
    this.#unreadable.add(name);
  }

  get days(): readonly DayFile[] {
    return [...this.#days.values()];
  }

  day(day: string): DayFile | undefined {
    return this.#days.get(day);
  }

  addDay(file: DayFile, visible: number): void {
    this.#days.set(file.day, file);
    this.#visible = Math.max(this.#visible, visible);
  }

  removeDay(file: DayFile): void {
    this.#days.delete(file.day);
  }

  addHot(hot: HotTable): void {
    this.#hot.push(hot);
  }

  /** The rows of a hot table are in a day file: readers switch over in one step. */
  async rolled(hot: HotTable): Promise<void> {
    this.#visible = hot.roll;
    this.#hot.splice(this.#hot.indexOf(hot), 1);
    await hot.retire();
  }

  hotTables(): readonly HotTable[] {
    return this.#hot;
  }

  /** Where a tenant's rows of a range of event time are. Each target is released after reading. */
  targets(tenantId: string, range: TimeRange): ReadTarget[] {
    const targets: ReadTarget[] = [];
    const overlaps = (span: TenantSpan): boolean => span.to >= range.from && span.from < range.to;
    for (const hot of this.#hot) {
      const span = hot.spans.get(tenantId);
      if (span === undefined || !overlaps(span)) continue;
      hot.publish();
      const frames = (
        _connection: DuckDBConnection,
        numbers: readonly number[],
      ): Promise<FrameRecord[]> =>
        Promise.resolve(hot.frames.filter((record) => numbers.includes(record.frame)));
      targets.push({
        file: undefined,
        table: hot.name,
        rollMax: hot.roll,
        span: { ...span },
        frames,
        release: hot.hold(),
      });
    }
    for (const file of this.#days.values()) {
      const span = file.spans.get(tenantId);
      if (span === undefined || !overlaps(span)) continue;
      const frames = (
        connection: DuckDBConnection,
        numbers: readonly number[],
      ): Promise<FrameRecord[]> => file.findFrames(connection, numbers);
      const release = (): Promise<void> => Promise.resolve();
      targets.push({
        file: file.fileName,
        table: `${file.name}.events`,
        rollMax: this.#visible,
        span: { ...span },
        frames,
        release,
      });
    }
    return targets;
  }
}

/** The received day of a time, `YYYY-MM-DD`, UTC. */
export function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

/**
 * Attaches every day file of a folder, oldest first, and reads what the store must remember.
 *
 * @throws DamagedDay when the bytes of one are not what was written
 */
export async function openDayFiles(
  connection: DuckDBConnection,
  folder: string,
  names: readonly string[],
): Promise<{ files: EventFiles; applied: Map<string, number>; roll: number; frame: number }> {
  const files = new EventFiles();
  const applied = new Map<string, number>();
  let roll = 0;
  let frame = 0;
  for (const name of names) {
    const day = /^events-(\d{4}-\d{2}-\d{2})\.duckdb$/.exec(name)?.[1];
    if (day === undefined) continue;
    const path = `${folder}/${name}`;
    const { file, state } = await openDayFile(connection, day, path).catch((cause: unknown) => {
      throw dayFault(path, cause);
    });
    roll = Math.max(roll, state.roll);
    frame = Math.max(frame, state.frame);
    for (const [source, offset] of state.applied) {
      applied.set(source, Math.max(offset, applied.get(source) ?? 0));
    }
    files.addDay(file, state.roll);
  }
  return { files, applied, roll, frame };
}

async function openDayFile(
  connection: DuckDBConnection,
  day: string,
  path: string,
): Promise<{ file: DayFile; state: DayFileState }> {
  const file = await DayFile.attach(connection, day, path);
  return { file, state: await file.load(connection) };
}
