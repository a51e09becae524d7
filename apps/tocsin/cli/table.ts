import { plainText } from './plain-text.ts';

/** One column: its heading and the cell of a row. */
export interface Column<Row> {
  readonly heading: string;
  readonly cell: (row: Row) => unknown;
  /** Longest cell in characters; longer ones end in an ellipsis. */
  readonly widthMax?: number;
  readonly right?: boolean;
}

const WIDTH_MAX = 60;

/** Rows as aligned text, a heading first. Cells are made safe for a terminal. */
export function formatTable<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  const cells = rows.map((row) => columns.map((column) => cellText(column, row)));
  const headings = columns.map((column) => column.heading);
  const widths = columns.map((_, index) =>
    Math.max(...[headings, ...cells].map((line) => (line[index] ?? '').length)),
  );
  return [headings, ...cells]
    .map((line) =>
      line
        .map((text, index) => pad(text, widths[index] ?? 0, columns[index]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** One row as a line, two spaces between its cells: for lists without an end. */
export function formatRow<Row>(row: Row, columns: readonly Column<Row>[]): string {
  return columns.map((column) => cellText(column, row)).join('  ');
}

function cellText<Row>(column: Column<Row>, row: Row): string {
  const value = column.cell(row);
  const text =
    value === undefined || value === null || value === '' ? '-' : plainText(String(value));
  const limit = column.widthMax ?? WIDTH_MAX;
  return text.length > limit ? `${text.slice(0, limit - 1)}…` : text;
}

function pad<Row>(text: string, width: number, column: Column<Row> | undefined): string {
  return column?.right === true ? text.padStart(width) : text.padEnd(width);
}
