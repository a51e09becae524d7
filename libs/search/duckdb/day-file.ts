import type { DuckDBConnection } from '@duckdb/node-api';
import type { FailpointHook } from '@tocsin/kernel/failpoint.ts';
import { columnDefinitions, laterColumns } from './event-columns.ts';
import { FRAME_COLUMNS, type FrameRecord, frameFromRow, frameValues } from './frame-record.ts';
import type { HotTable, TenantSpan } from './hot-table.ts';

const SCHEMA_VERSION = 1;

/** What a day file knows of itself at open. */
export interface DayFileState {
  readonly roll: number;
  readonly frame: number;
  readonly applied: ReadonlyMap<string, number>;
}

/**
 * Rows of a row group of the files, a sixth of DuckDB's default. What is rolled in whole groups is written once, past
 * the log of changes; less than one group is logged and written again, at one and a half times the cost (measured).
 * The smaller the group, the slower the stream whose rolls of every 10 s still fill one: 2,048 events/s.
 */
export const ROW_GROUP_ROWS = 20_480;

/** One received day of events in one DuckDB file, attached under its own name. */
export class DayFile {
  /** `YYYY-MM-DD`, UTC. */
  readonly day: string;
  readonly path: string;
  readonly name: string;
  readonly spans = new Map<string, TenantSpan>();

  private constructor(day: string, path: string, name: string) {
    this.day = day;
    this.path = path;
    this.name = name;
  }

  /** The name that people know it by. */
  get fileName(): string {
    return this.path.slice(this.path.lastIndexOf('/') + 1);
  }

  /** Attaches a file, and makes its tables when it is new. */
  static async attach(
    connection: DuckDBConnection,
    day: string,
    path: string,
    name = `day_${day.replaceAll('-', '_')}`,
  ): Promise<DayFile> {
    const file = new DayFile(day, path, name);
    // The newest storage format is needed for zstd columns.
    await connection.run(
      `attach '${path.replaceAll("'", "''")}' as ${file.name} (storage_version 'latest', row_group_size ${ROW_GROUP_ROWS})`,
    );
    await connection.run('begin');
    await connection.run(
      `create table if not exists ${file.name}.events(${columnDefinitions('file')})`,
    );
    await addLaterColumns(connection, file.name);
    await connection.run(`create table if not exists ${file.name}.frames(${FRAME_COLUMNS})`);
    await connection.run(
      `create table if not exists ${file.name}.applied(source VARCHAR primary key, "offset" BIGINT not null)`,
    );
    await connection.run(
      `create table if not exists ${file.name}.spans(tenant_id VARCHAR primary key, first_at BIGINT not null, last_at BIGINT not null, rows BIGINT not null)`,
    );
    await connection.run(
      `create table if not exists ${file.name}.meta(schema_version INTEGER not null)`,
    );
    await connection.run(
      `insert into ${file.name}.meta select ${SCHEMA_VERSION} where not exists (select 1 from ${file.name}.meta)`,
    );
    await connection.run('commit');
    return file;
  }

  /** Reads what the store must remember: offsets, spans and numbers. */
  async load(connection: DuckDBConnection): Promise<DayFileState> {
    const applied = new Map<string, number>();
    for (const row of await rows(connection, `select source, "offset" from ${this.name}.applied`)) {
      applied.set(String(row['source']), Number(row['offset']));
    }
    for (const row of await rows(connection, `select * from ${this.name}.spans`)) {
      const span = {
        from: Number(row['first_at']),
        to: Number(row['last_at']),
        rows: Number(row['rows']),
      };
      this.spans.set(String(row['tenant_id']), span);
    }
    const [last] = await rows(
      connection,
      `select coalesce(max(roll), 0) as roll, coalesce(max(frame), 0) as frame from ${this.name}.frames`,
    );
    return { roll: Number(last?.['roll'] ?? 0), frame: Number(last?.['frame'] ?? 0), applied };
  }

  /** Takes a sealed hot table over: rows, frames, offsets and spans in one transaction (design 4.2). */
  async take(connection: DuckDBConnection, hot: HotTable, failpoint: FailpointHook): Promise<void> {
    await connection.run('begin');
    try {
      await connection.run(`insert into ${this.name}.events select * from ${hot.name}`);
      await this.#insertFrames(connection, hot);
      for (const [source, offset] of hot.applied) {
        await connection.run(`insert or replace into ${this.name}.applied values (?, ?)`, [
          source,
          BigInt(offset),
        ]);
      }
      for (const [tenantId, span] of hot.spans) {
        await connection.run(
          `insert into ${this.name}.spans values (?, ?, ?, ?) on conflict do update set
             first_at = least(first_at, excluded.first_at), last_at = greatest(last_at, excluded.last_at), rows = rows + excluded.rows`,
          [tenantId, BigInt(span.from), BigInt(span.to), BigInt(span.rows)],
        );
      }
      failpoint('roll.before-commit');
    } catch (error) {
      await connection.run('rollback');
      throw error;
    }
    await connection.run('commit');
    failpoint('roll.after-commit');
    for (const [tenantId, span] of hot.spans) this.#widen(tenantId, span);
  }

  /** The records of frames by their numbers. */
  async findFrames(
    connection: DuckDBConnection,
    numbers: readonly number[],
  ): Promise<FrameRecord[]> {
    const list = numbers.map(Number).join(', ');
    return (
      await rows(connection, `select * from ${this.name}.frames where frame in (${list})`)
    ).map(frameFromRow);
  }

  /** The records of a tenant's frames by the ids given at accept. */
  async findFramesById(
    connection: DuckDBConnection,
    tenantId: string,
    ids: readonly string[],
  ): Promise<FrameRecord[]> {
    const places = ids.map((_, index) => `$${index + 2}`).join(', ');
    const sql = `select * from ${this.name}.frames where tenant_id = $1 and frame_id in (${places})`;
    return (await rows(connection, sql, [tenantId, ...ids])).map(frameFromRow);
  }

  /** The record of the frame at an offset of a source. */
  async findFrameAt(
    connection: DuckDBConnection,
    source: string,
    offset: number,
  ): Promise<FrameRecord | undefined> {
    const sql = `select * from ${this.name}.frames where source = $1 and "offset" = $2`;
    const [row] = await rows(connection, sql, [source, BigInt(offset)]);
    return row === undefined ? undefined : frameFromRow(row);
  }

  async #insertFrames(connection: DuckDBConnection, hot: HotTable): Promise<void> {
    const batch = 200;
    for (let at = 0; at < hot.frames.length; at += batch) {
      const part = hot.frames.slice(at, at + batch);
      const places = part.map(() => '(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)').join(', ');
      const values = part.flatMap((frame) => frameValues(frame, hot.roll));
      await connection.run(`insert into ${this.name}.frames values ${places}`, values);
    }
  }

  #widen(tenantId: string, span: TenantSpan): void {
    const mine = this.spans.get(tenantId);
    if (mine === undefined) {
      this.spans.set(tenantId, { ...span });
      return;
    }
    mine.from = Math.min(mine.from, span.from);
    mine.to = Math.max(mine.to, span.to);
    mine.rows += span.rows;
  }
}

/** Adds the columns that a file of an earlier release lacks. */
async function addLaterColumns(connection: DuckDBConnection, name: string): Promise<void> {
  const sql = `select column_name from duckdb_columns() where database_name = $1 and table_name = 'events'`;
  const present = new Set((await rows(connection, sql, [name])).map((row) => row['column_name']));
  for (const column of laterColumns().filter((later) => !present.has(later.name))) {
    await connection.run(`alter table ${name}.events add column ${column.definition}`);
  }
}

/** Runs a statement and gives its rows as objects; 64-bit integers come as bigint. */
export async function rows(
  connection: DuckDBConnection,
  sql: string,
  values: readonly (string | number | bigint | boolean)[] = [],
): Promise<Record<string, unknown>[]> {
  const reader = await connection.runAndReadAll(sql, [...values]);
  return reader.getRowObjects();
}
