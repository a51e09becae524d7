import { once } from 'node:events';
import type { Writable } from 'node:stream';
import type { SigmaRule } from '@tocsin/sigma/rule/rule.ts';
import { type Column, formatTable } from '../cli/table.ts';
import { excerpt } from './deciding-fields.ts';

/** One match. The members are the line of `--json`. */
export interface ScanMatch {
  readonly rule_id: string;
  readonly title: string;
  readonly level: string | null;
  readonly file: string;
  /** Ordinal of the record in its file, from 0. */
  readonly index: number;
  /** ISO 8601, UTC; null when the record states no time. */
  readonly time: string | null;
  readonly fields: Readonly<Record<string, string>>;
}

/** Where matches go as they are found. */
export interface MatchReport {
  /** @param places where in the values of its fields the text stands that was asked for */
  add(match: ScanMatch, places?: ReadonlyMap<string, number>): void;
  /** Waits until what was added can be forgotten. */
  flush(): Promise<void>;
  end(): Promise<void>;
}

export function matchOf(
  rule: SigmaRule,
  place: { readonly file: string; readonly index: number; readonly time: number | undefined },
  fields: Readonly<Record<string, string>>,
): ScanMatch {
  const { file, index, time } = place;
  return {
    rule_id: rule.id,
    title: rule.title,
    level: rule.level ?? null,
    file,
    index,
    time: time === undefined ? null : new Date(time).toISOString(),
    fields,
  };
}

/** One line of JSON a match, as soon as a part of a log is done. */
export class JsonReport implements MatchReport {
  readonly #out: Writable;
  #lines: string[] = [];

  constructor(out: Writable) {
    this.#out = out;
  }

  add(match: ScanMatch): void {
    this.#lines.push(JSON.stringify(match));
  }

  async flush(): Promise<void> {
    if (this.#lines.length === 0) return;
    const text = `${this.#lines.join('\n')}\n`;
    this.#lines = [];
    if (!this.#out.write(text)) await once(this.#out, 'drain');
  }

  end(): Promise<void> {
    return this.flush();
  }
}

/** Rows that are kept for the table, which needs all of them to be aligned; more are counted. */
export const TABLE_ROWS_MAX = 10_000;

/** A table for people at the end. */
export class TableReport implements MatchReport {
  readonly #out: Writable;
  readonly #columns: number;
  readonly #rows: Row[] = [];
  #left = 0;

  /** @param columns of the terminal; undefined when it is none */
  constructor(out: Writable, columns: number | undefined) {
    this.#out = out;
    this.#columns = columns ?? 240;
  }

  add(match: ScanMatch, places: ReadonlyMap<string, number> = NO_PLACES): void {
    if (this.#rows.length < TABLE_ROWS_MAX) this.#rows.push({ match, places });
    else this.#left += 1;
  }

  async flush(): Promise<void> {
    await Promise.resolve();
  }

  async end(): Promise<void> {
    if (this.#rows.length === 0) return;
    // A timeline over all files; records without a time come last.
    const rows = this.#rows.toSorted((a, b) => compareTexts(timeOf(a), timeOf(b)));
    this.#out.write(`${formatTable(rows, columnsFor(this.#columns))}\n`);
    if (this.#left > 0) {
      this.#out.write(`... and ${this.#left} more; --json prints all of them.\n`);
    }
    await Promise.resolve();
  }
}

interface Row {
  readonly match: ScanMatch;
  readonly places: ReadonlyMap<string, number>;
}

function timeOf({ match }: Row): string {
  return match.time ?? '~';
}

function compareTexts(left: string, right: string): number {
  return left < right ? -1 : Number(left > right);
}

const NO_PLACES: ReadonlyMap<string, number> = new Map();

function columnsFor(width: number): readonly Column<Row>[] {
  return [
    { heading: 'LEVEL', cell: ({ match }) => match.level },
    { heading: 'TIME', cell: ({ match }) => match.time?.replace(/\.\d+Z$/, 'Z') },
    { heading: 'RULE', cell: ({ match }) => match.title, widthMax: 56 },
    { heading: 'FILE', cell: ({ match }) => shortPath(match.file), widthMax: 44 },
    { heading: 'RECORD', cell: ({ match }) => match.index, right: true },
    { heading: 'BECAUSE', cell: becauseOf, widthMax: Math.max(60, width - 150) },
  ];
}

/** The end of a path tells files apart better than its beginning. */
function shortPath(path: string): string {
  return path.length <= 44 ? path : `…${path.slice(-43)}`;
}

/** Longest part of a value in the table, and how much of it stands before what was asked for. */
const SHOWN_UNITS = 100;
const BEFORE_UNITS = 30;

function becauseOf({ match, places }: Row): string {
  return Object.entries(match.fields)
    .map(([name, value]) => {
      const latest = Math.max(0, value.length - SHOWN_UNITS);
      const start = Math.min(latest, Math.max(0, (places.get(name) ?? 0) - BEFORE_UNITS));
      return `${name}=${excerpt(value, start, SHOWN_UNITS)}`;
    })
    .join(' ');
}
