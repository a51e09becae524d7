import { attributePaths, type Field, LIST_SEPARATOR } from '../fields.ts';
import { foldCase } from '../fold-case.ts';

/** Attributes with the command line of a process or of its parent, as the common agents name them. */
const NAMES: readonly string[] = [
  'CommandLine',
  'ParentCommandLine',
  'ProcessCommandLine',
  'InitiatingProcessCommandLine',
  'command_line',
  'cmdline',
];

/** A longer one is not copied: it would make the column as dear to read as the attributes. */
const LENGTH_MAX = 4_000;

/** Stands in the column where it does not tell the command lines of an event. */
export const UNTOLD = '\u001e';

/**
 * The column of command lines: a copy of what is in the attributes, with case folded. Attributes are 1 KB a row to
 * unpack and to parse, 5 s over five million events; this column is read in a fiftieth of that.
 */
export const COMMAND_LINES: Field = {
  name: 'command_lines',
  type: 'keyword',
  list: true,
  bareWord: false,
  sql: '"command_lines"',
};

/** Says whether the values of a field are in {@link COMMAND_LINES}. */
export function isCommandLine(field: Field): boolean {
  if (field.type !== 'attribute') return false;
  const [path = [], ...others] = attributePaths(field);
  return others.length === 0 && NAMES.includes(path[0] ?? '');
}

/**
 * What an event has in {@link COMMAND_LINES}: a list as text, and {@link UNTOLD} in it when some command line is not
 * plain text of a usual length. UNTRUSTED: attributes.
 */
export function commandLinesOf(attributes: Readonly<Record<string, unknown>>): string {
  let joined = '';
  for (const name of NAMES) {
    const value = attributes[name];
    if (value === undefined || value === null || value === '') continue;
    joined += LIST_SEPARATOR + (isPlain(value) ? foldCase(value) : UNTOLD);
  }
  return joined === '' ? '' : joined + LIST_SEPARATOR;
}

function isPlain(value: unknown): value is string {
  return typeof value === 'string' && value.length <= LENGTH_MAX && !value.includes(LIST_SEPARATOR);
}
