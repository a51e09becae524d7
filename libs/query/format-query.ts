import { literalOf, type Pattern, type Query } from './query.ts';

const PLAIN = /^[\p{L}\p{N}_.@/-]+$/u;
const KEYWORD = /^(?:and|or|not)$/i;
const SPECIAL = /[()":<>=!*?\\\s]/gu;

/**
 * Prints a tree as text that parses to the same tree (positions aside): the canonical form,
 * for cursors, saved searches and error reports.
 */
export function formatQuery(query: Query): string {
  switch (query.kind) {
    case 'all':
      return '*';
    case 'and':
    case 'or':
      return query.operands.map(operand).join(` ${query.kind} `);
    case 'not':
      return `not ${operand(query.operand)}`;
    case 'text':
      return value(query.pattern);
    case 'match':
      return `${escaped(query.field)}:${value(query.pattern)}`;
    case 'compare':
      return `${escaped(query.field)} ${query.op} ${literal(query.value)}`;
    case 'in':
      return `${escaped(query.field)}:(${query.values.map(literal).join(' or ')})`;
    case 'exists':
      return `${escaped(query.field)}:*`;
  }
}

function operand(query: Query): string {
  const text = formatQuery(query);
  return query.kind === 'and' || query.kind === 'or' ? `(${text})` : text;
}

function value(pattern: Pattern): string {
  const text = literalOf(pattern);
  if (text !== undefined) return literal(text);
  return pattern.map((part) => (typeof part === 'string' ? escaped(part) : part.wildcard)).join('');
}

function literal(text: string): string {
  if (PLAIN.test(text) && !KEYWORD.test(text)) return text;
  return `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
}

/** Text as part of a word: with a backslash before each special character. */
function escaped(text: string): string {
  return text.replaceAll(SPECIAL, '\\$&');
}
