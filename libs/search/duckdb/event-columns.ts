import type { NormalizedEvent } from '@tocsin/contracts/normalized-event.ts';
import { LIST_SEPARATOR } from '../fields.ts';
import { commandLinesOf, UNTOLD } from './command-lines.ts';

/** Types a column of the event table has. */
export type ColumnType = 'VARCHAR' | 'BIGINT' | 'INTEGER' | 'SMALLINT' | 'BOOLEAN' | 'UUID';

/** What a row has beside its event. */
export interface RowFacts {
  readonly tenantId: string;
  /** Number of the frame in this store's `frames` table. */
  readonly frame: number;
  readonly ordinal: number;
  readonly receivedAt: number;
  /** Ids of the rules that matched, or undefined. */
  readonly rules: readonly string[] | undefined;
}

export interface TextColumn {
  readonly name: string;
  readonly text: (event: NormalizedEvent, facts: RowFacts) => string;
  /** Long text is compressed by zstd in the file: eight times smaller than DuckDB's own choice, measured. */
  readonly long?: true;
  /** The column came later: what it is in the rows of files that were written without it. */
  readonly inOlderFiles?: string;
}

/** Joins a list into one text, with the separator at both ends so that membership is `contains`. */
function listText(values: readonly string[] | undefined): string {
  if (values === undefined || values.length === 0) return '';
  return LIST_SEPARATOR + values.join(LIST_SEPARATOR) + LIST_SEPARATOR;
}

/** Columns of fixed width, in table order. Each is written by `event-chunk.ts` from a typed array. */
export const FIXED_COLUMNS = [
  { name: 'timestamp', type: 'BIGINT' },
  { name: 'ingested_at', type: 'BIGINT' },
  { name: 'roll', type: 'BIGINT' },
  { name: 'frame', type: 'BIGINT' },
  { name: 'ordinal', type: 'INTEGER' },
  { name: 'severity', type: 'SMALLINT' },
  { name: 'client_id', type: 'BOOLEAN' },
  { name: 'event_id', type: 'UUID' },
] as const satisfies readonly { name: string; type: ColumnType }[];

/** Text columns, in table order after the fixed ones. Absent is `''`, never NULL. */
export const TEXT_COLUMNS: readonly TextColumn[] = [
  { name: 'tenant_id', text: (_event, facts) => facts.tenantId },
  { name: 'category', text: (event) => event.category },
  { name: 'action', text: (event) => event.action },
  { name: 'outcome', text: (event) => event.outcome },
  { name: 'source_system', text: (event) => event.sourceSystem },
  { name: 'source_integration', text: (event) => event.sourceIntegration },
  { name: 'source_host', text: (event) => event.sourceHost },
  { name: 'actor_type', text: (event) => event.actorType },
  { name: 'actor_id', text: (event) => event.actorId },
  { name: 'actor_name', text: (event) => event.actorName },
  { name: 'actor_email', text: (event) => event.actorEmail },
  { name: 'target_type', text: (event) => event.targetType },
  { name: 'target_id', text: (event) => event.targetId },
  { name: 'target_name', text: (event) => event.targetName },
  { name: 'src_ip', text: (event) => event.srcIp },
  { name: 'dst_ip', text: (event) => event.dstIp },
  { name: 'parse_status', text: (event) => event.parseStatus },
  { name: 'parse_error', text: (event) => event.parseError },
  { name: 'tags', text: (event) => listText(event.tags) },
  { name: 'rules', text: (_event, facts) => listText(facts.rules) },
  { name: 'message', text: (event) => event.message, long: true },
  { name: 'attributes', text: (event) => event.attributesJson, long: true },
  // Later columns come last: older files get them at their end.
  {
    name: 'command_lines',
    text: (event) => commandLinesOf(event.attributes),
    inOlderFiles: UNTOLD,
  },
];

/** Columns of long text. */
export const LONG_COLUMNS: readonly string[] = TEXT_COLUMNS.filter(({ long }) => long === true).map(
  ({ name }) => name,
);

/** Names of all columns, in table order. */
export const COLUMN_NAMES: readonly string[] = [
  ...FIXED_COLUMNS.map((column) => column.name),
  ...TEXT_COLUMNS.map((column) => column.name),
];

/** The columns that a file may lack, and how they are added to it. */
export function laterColumns(): { readonly name: string; readonly definition: string }[] {
  return TEXT_COLUMNS.flatMap(({ name, inOlderFiles }) =>
    inOlderFiles === undefined
      ? []
      : [{ name, definition: `"${name}" VARCHAR default '${inOlderFiles}'` }],
  );
}

/** The column list of `create table events`. In memory nothing is compressed. */
export function columnDefinitions(place: 'file' | 'memory'): string {
  const fixed = FIXED_COLUMNS.map((column) => `"${column.name}" ${column.type} not null`);
  const text = TEXT_COLUMNS.map((column) => {
    const compression = place === 'file' && column.long ? ' using compression zstd' : '';
    return `"${column.name}" VARCHAR${compression}`;
  });
  return [...fixed, ...text].join(', ');
}
