import type { Condition } from '../condition.ts';
import type { Field } from '../fields.ts';
import { COMMAND_LINES, isCommandLine, UNTOLD } from './command-lines.ts';
import { LONG_COLUMNS } from './event-columns.ts';

const TRUE: Condition = { kind: 'constant', value: true };

/** Says whether a condition reads long text, which is dear to unpack. */
export function readsLongText(condition: Condition): boolean {
  switch (condition.kind) {
    case 'and':
    case 'or':
      return condition.operands.some(readsLongText);
    case 'not':
      return readsLongText(condition.operand);
    case 'constant':
      return false;
    default:
      return isLong(condition.field);
  }
}

/**
 * A condition that every row satisfying the given one satisfies, and that reads no long text: few rows are left to
 * read it of. `true` where nothing is known.
 */
export function necessaryCondition(condition: Condition): Condition {
  if (!readsLongText(condition)) return condition;
  switch (condition.kind) {
    case 'and': {
      const operands = condition.operands.map(necessaryCondition).filter((part) => part !== TRUE);
      return operands.length === 0 ? TRUE : { kind: 'and', operands };
    }
    case 'or': {
      const operands = condition.operands.map(necessaryCondition);
      return operands.includes(TRUE) ? TRUE : { kind: 'or', operands };
    }
    case 'text':
    case 'present':
      return isCommandLine(condition.field) ? amongCommandLines(condition) : TRUE;
    default:
      return TRUE;
  }
}

export function isAlwaysTrue(condition: Condition): boolean {
  return condition === TRUE || (condition.kind === 'constant' && condition.value);
}

function amongCommandLines(condition: Extract<Condition, { kind: 'text' | 'present' }>): Condition {
  const untold = { op: 'contains', text: UNTOLD } as const;
  return {
    kind: 'or',
    operands: [
      { ...condition, field: COMMAND_LINES },
      { kind: 'text', field: COMMAND_LINES, test: untold },
    ],
  };
}

function isLong(field: Field): boolean {
  return LONG_COLUMNS.some((name) => field.sql.includes(`"${name}"`));
}
