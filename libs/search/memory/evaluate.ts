import { assert, never } from '@tocsin/kernel/assert.ts';
import type { Pattern } from '@tocsin/query/query.ts';
import type { Condition, TextTest } from '../condition.ts';
import type { Field } from '../fields.ts';
import { foldCase } from '../fold-case.ts';
import type { Document } from '../search-store.ts';
import { isPresent, rawValue, textsOf } from './field-values.ts';

/** Says whether a document satisfies a condition: the plain meaning that every engine's compiler is compared with. */
export function evaluate(condition: Condition, document: Document): boolean {
  switch (condition.kind) {
    case 'constant':
      return condition.value;
    case 'and':
      return condition.operands.every((operand) => evaluate(operand, document));
    case 'or':
      return condition.operands.some((operand) => evaluate(operand, document));
    case 'not':
      return !evaluate(condition.operand, document);
    case 'present':
      return isPresent(condition.field, document);
    case 'text':
      return textsOf(condition.field, document).some((text) => passes(condition.test, text));
    case 'uuid':
      return textsOf(condition.field, document).some(
        (text) => text.toLowerCase() === condition.value,
      );
    case 'range': {
      const number = numberOf(condition.field, document);
      return number >= condition.min && number <= condition.max;
    }
    case 'truth':
      return rawValue(condition.field, document) === condition.value;
    default:
      return never(condition);
  }
}

/** Milliseconds of a time, or the number. */
export function numberOf(field: Field, document: Document): number {
  const value = rawValue(field, document);
  const number = field.type === 'time' ? Date.parse(String(value)) : value;
  assert(typeof number === 'number' && !Number.isNaN(number), `a document has ${field.name}`);
  return number;
}

function passes(test: TextTest, text: string): boolean {
  const folded = foldCase(text);
  switch (test.op) {
    case 'in':
      return test.values.includes(folded);
    case 'prefix':
      return folded.startsWith(test.text);
    case 'suffix':
      return folded.endsWith(test.text);
    case 'contains':
      return folded.includes(test.text);
    case 'like':
      return covers(test.pattern, [...folded]);
    default:
      return never(test);
  }
}

type Step = string | { readonly wildcard: '*' | '?' };

/** Says whether a pattern covers a whole text: at a mismatch the last `*` takes one character more. */
function covers(pattern: Pattern, text: readonly string[]): boolean {
  const steps: Step[] = pattern.flatMap((part): Step[] =>
    typeof part === 'string' ? [...part] : [part],
  );
  let step = 0;
  let at = 0;
  let star: { readonly step: number; at: number } | undefined;
  while (at < text.length) {
    const wanted = steps[step];
    if (typeof wanted === 'object' && wanted.wildcard === '*') {
      star = { step, at };
      step += 1;
    } else if (wanted === text[at] || typeof wanted === 'object') {
      step += 1;
      at += 1;
    } else if (star) {
      star.at += 1;
      at = star.at;
      step = star.step + 1;
    } else {
      return false;
    }
  }
  return steps.slice(step).every((rest) => typeof rest === 'object' && rest.wildcard === '*');
}
