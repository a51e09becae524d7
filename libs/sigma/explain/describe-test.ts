import type { Test } from '../rule/rule.ts';
import { ANY, type Pattern } from '../text/pattern.ts';

/** A test in words near to Sigma's own. */
export function describeTest(test: Test): string {
  switch (test.kind) {
    case 'text':
      return `${patternText(test.pattern)}${test.cased ? ' (case counts)' : ''}`;
    case 'regex':
      return `/${test.source}/${test.flags}`;
    case 'cidr':
      return `in ${test.network.text}`;
    case 'compare':
      return `${test.operator} ${test.value}`;
    case 'time':
      return `${test.part} ${test.operator} ${test.value}`;
    case 'field':
      return `${test.operator} the field ${test.other}`;
    case 'null':
      return 'null';
    case 'exists':
      return test.present ? 'present' : 'absent';
  }
}

/** A pattern as it is written in a rule. */
export function patternText(pattern: Pattern): string {
  return pattern
    .map((part) => {
      if (typeof part === 'string') return part.replace(/[\\*?]/g, escaped);
      return part === ANY ? '*' : '?';
    })
    .join('');
}

function escaped(character: string, at: number, text: string): string {
  const next = text[at + 1];
  const isPlain = character === '\\' && next !== undefined && !'\\*?'.includes(next);
  return isPlain ? character : `\\${character}`;
}
