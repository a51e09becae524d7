import { evaluatePlainly } from '../evaluate/evaluate-plainly.ts';
import type { EventRecord } from '../evaluate/event-record.ts';
import { JsonChunk } from '../index/json-chunk.ts';
import { type LoadOptions, loadRules } from '../rule/load-rules.ts';
import { RuleSet } from '../rule-set.ts';

const HEAD = 'title: t\nlogsource: {product: test}\ndetection:\n';

/** A rule document of one selection `s` with this item. */
export function ruleOfItem(item: string): string {
  return `${HEAD}  s:\n    ${item}\n  condition: s\n`;
}

/** A rule document of this detection, each line indented by two blanks. */
export function ruleOfDetection(detection: string): string {
  return HEAD + detection.replaceAll(/^/gm, '  ');
}

/**
 * Whether the one rule of a text matches an event; the plain evaluator, the index over objects and the index over
 * bytes must say the same. For tests; throws when they differ and when the rule does not load.
 */
export function matcherOf(
  text: string,
  options: LoadOptions = {},
): (event: EventRecord) => boolean {
  const { rules, refused, inactive } = loadRules([{ name: 'rule.yml', text }], options);
  const [rule] = rules;
  if (rule === undefined || rules.length > 1) {
    throw new Error(`${rules.length} rules: ${refused[0]?.message ?? inactive[0]?.placeholders}`);
  }
  const matcher = new RuleSet(rules).matcherForAny();
  return (event) => {
    const plain = evaluatePlainly(rule.expression, event);
    const line = Buffer.from(jsonText(event));
    const found = [matcher.match(event), matcher.matchJson(new JsonChunk(line), 0, line.length)];
    for (const one of found) {
      if ((one?.length === 1) !== plain) throw new Error(`index and evaluator differ: ${line}`);
    }
    return plain;
  };
}

/** The code with which a text is refused; undefined when it loads. */
export function refusalOf(text: string, options: LoadOptions = {}): string | undefined {
  return loadRules([{ name: 'rule.yml', text }], options).refused[0]?.code;
}

function jsonText(event: EventRecord): string {
  const text = JSON.stringify(event, (_, value) =>
    typeof value === 'bigint' ? `BIG${value}` : value,
  );
  return text.replaceAll(/"BIG(-?\d+)"/g, '$1');
}
