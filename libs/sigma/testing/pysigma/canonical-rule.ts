import type { Expression, SigmaRule, Test } from '../../rule/rule.ts';

/** What a rule asks, as `canonical_rules.py` prints it: `["and", parts]`, `["not", part]`, `["item", field, test]`. */
export type Canonical = readonly unknown[];

/** The three keys of a logsource, null for what is not stated. */
export function canonicalLogsource({ logsource }: SigmaRule): readonly (string | null)[] {
  return [logsource.product ?? null, logsource.category ?? null, logsource.service ?? null];
}

/** The canonical form of our own reading, not yet in order: see {@link inOrder}. */
export function canonicalExpression(expression: Expression): Canonical {
  switch (expression.kind) {
    case 'named':
      return canonicalExpression(expression.part);
    case 'not':
      return ['not', canonicalExpression(expression.part)];
    case 'item': {
      const { field, tests } = expression.item;
      return ['or', tests.map((test) => ['item', field ?? null, canonicalTest(test)])];
    }
    default:
      return [expression.kind, expression.parts.map(canonicalExpression)];
  }
}

/** One order for what means the same: joins of joins taken in, what comes twice once, parts sorted. */
export function inOrder(node: Canonical): Canonical {
  const [kind, content] = node;
  if (kind === 'not') return ['not', inOrder(content as Canonical)];
  if (kind !== 'and' && kind !== 'or') return node;
  const parts = (content as Canonical[])
    .map(inOrder)
    .flatMap((part) => (part[0] === kind ? (part[1] as Canonical[]) : [part]));
  const unique = new Map(parts.map((part) => [JSON.stringify(part), part]));
  const sorted = [...unique].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, part]) => part);
  const [only] = sorted;
  return sorted.length === 1 && only !== undefined ? only : [kind, sorted];
}

function canonicalTest(test: Test): Canonical {
  switch (test.kind) {
    case 'text':
      return ['text', test.pattern, test.cased];
    case 'regex':
      return ['regex', test.source, test.flags];
    case 'cidr':
      return ['cidr', withPrefix(test.network.text)];
    case 'compare':
      return ['compare', test.operator, String(test.value)];
    case 'time':
      return ['time', test.part, test.operator, String(test.value)];
    case 'field':
      return ['field', test.other, test.operator];
    case 'null':
      return ['null'];
    case 'exists':
      return ['exists', test.present];
  }
}

/** One address is a network of its own. */
function withPrefix(network: string): string {
  if (network.includes('/')) return network;
  return `${network}/${network.includes(':') ? 128 : 32}`;
}
