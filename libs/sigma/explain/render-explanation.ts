import type { Explanation } from './explain-rule.ts';

/** An explanation as lines for people, parts indented below what they belong to. */
export function renderExplanation(explanation: Explanation): string {
  return linesOf(explanation, 0).join('\n');
}

function linesOf(node: Explanation, depth: number): string[] {
  const head = `${node.holds ? 'yes' : 'no '}  ${'  '.repeat(depth)}`;
  if (node.kind === 'item') return [head + itemText(node)];
  const name = node.kind === 'named' ? node.name : WORDS[node.kind];
  return [`${head}${name}`, ...node.parts.flatMap((part) => linesOf(part, depth + 1))];
}

const WORDS = { and: 'all of', or: 'any of', not: 'not', named: '' };

function itemText(node: Explanation & { kind: 'item' }): string {
  const { field, missing, values, at, wanted, wantedCount, holds } = node;
  const more =
    wantedCount > wanted.length && !holds ? ` and ${wantedCount - wanted.length} more` : '';
  const asked = `${wanted.map((text) => JSON.stringify(text)).join(', ')}${more}`;
  const has = values.map((text) => JSON.stringify(text)).join(', ');
  const where = at === null || at === 0 ? '' : ` from character ${at + 1}`;
  const place = `${where} (line ${node.line}, column ${node.column})`;
  if (field === null)
    return holds ? `keyword ${asked}: in ${has}${place}` : `keyword ${asked}: nowhere${place}`;
  if (missing) return `${field}: ${asked}: missing: \`${field}\`${place}`;
  return `${field}: ${asked}: ${holds ? 'matches' : 'is not'} ${has}${place}`;
}
