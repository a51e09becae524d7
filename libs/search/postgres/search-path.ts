import { likePattern } from '../compile-sql.ts';
import type { Condition, TextTest } from '../condition.ts';
import { type Field, isFoldedWhole, LIST_SEPARATOR } from '../fields.ts';
import type { Collection } from '../search-store.ts';

/** How the rows of a search are reached. The whole condition is tested on them anyway, so this only has to leave none out. */
export interface SearchPath {
  /**
   * Conditions, each given in the order of time by one index, of which every row sought satisfies one; none: all rows,
   * in the order of time.
   */
  readonly starts: readonly Condition[];
  /** What every row sought has one of; `undefined` when no index of words helps. */
  readonly words: RowWords | undefined;
  /** The condition looks into long texts, so a row costs several times as much. */
  readonly readsText: boolean;
}

/** What the index of words is asked for: rows that have one of them (migration 081). */
export interface RowWords {
  /** LIKE patterns of the row's words. */
  readonly patterns: readonly string[];
  /** Whole values. */
  readonly names: readonly string[];
}

/** Fields with an index in the order of time, by how few rows one value of them has. */
const STARTS: Readonly<Partial<Record<Collection, readonly string[]>>> = {
  alerts: [
    'alert_id',
    'incident_id',
    'actor.id',
    'assignee',
    'rule_id',
    'storm',
    'status',
    'severity',
  ],
  cases: ['id', 'incident_id', 'assigned_to', 'created_by', 'status', 'severity'],
};

/** Fields whose values are in the words of a row (migration 081). */
const WORDS: Readonly<Partial<Record<Collection, ReadonlySet<string>>>> = {
  alerts: new Set([
    ...['title', 'description', 'rule_id', 'rule_name', 'actor.id', 'actor.name', 'target.id'],
    ...['target.name', 'tags', 'hosts', 'src_ips'],
  ]),
  cases: new Set(['title', 'description', 'assigned_to', 'created_by']),
};

/** Fields whose whole values are among the names of a row. */
const NAMES: ReadonlySet<string> = new Set([
  ...['rule_name', 'actor.name', 'target.id', 'target.name', 'tags', 'hosts', 'src_ips'],
]);

/** Characters of a name that are kept. */
const NAME_LENGTH_MAX = 300;
/** Most values that are looked up side by side. */
const VALUES_MAX = 8;
/** Most severities that are. */
const SEVERITIES_MAX = 4;
/** What a trigram index can narrow by; shorter runs are in nearly every row. */
const TRIGRAM = /[a-z0-9]{3}/;

/** Chooses how to reach the rows of a condition. */
export function searchPath(condition: Condition, collection: Collection): SearchPath {
  const terms = conjuncts(condition);
  const fields = STARTS[collection] ?? [];
  const [start] = terms
    .flatMap((term) => {
      const found = startsOf(term);
      const rank = found === undefined ? -1 : fields.indexOf(found.field.name);
      return found === undefined || rank < 0 ? [] : [{ term, rank, ...found }];
    })
    .sort((a, b) => a.rank - b.rank || a.conditions.length - b.conditions.length);
  const known = WORDS[collection] ?? new Set();
  return {
    starts: start?.conditions ?? [],
    words: bestOf(terms.filter((term) => term !== start?.term).map((term) => wordsOf(term, known))),
    readsText: readsText(condition),
  };
}

function conjuncts(condition: Condition): readonly Condition[] {
  return condition.kind === 'and' ? condition.operands.flatMap(conjuncts) : [condition];
}

/** One condition for each value that a term allows, when they are few. */
function startsOf(
  term: Condition,
): { readonly field: Field; readonly conditions: readonly Condition[] } | undefined {
  switch (term.kind) {
    case 'uuid':
      return { field: term.field, conditions: [term] };
    case 'truth':
      return term.value ? { field: term.field, conditions: [term] } : undefined;
    case 'text': {
      const { field, test } = term;
      if (field.folded === undefined || test.op !== 'in') return undefined;
      const values = [...new Set(test.values)];
      if (values.length > VALUES_MAX || !values.every(isFoldedWhole)) return undefined;
      return {
        field,
        conditions: values.map((value) => ({ ...term, test: { op: 'in', values: [value] } })),
      };
    }
    case 'range': {
      if (term.field.type !== 'severity') return undefined;
      const [min, max] = [Math.max(term.min, 0), Math.min(term.max, 10)];
      const count = max - min + 1;
      if (count < 1 || count > SEVERITIES_MAX) return undefined;
      return {
        field: term.field,
        conditions: Array.from({ length: count }, (_, index) => ({
          ...term,
          min: min + index,
          max: min + index,
        })),
      };
    }
    default:
      return undefined;
  }
}

function wordsOf(condition: Condition, known: ReadonlySet<string>): RowWords | undefined {
  switch (condition.kind) {
    case 'and':
      return bestOf(condition.operands.map((operand) => wordsOf(operand, known)));
    case 'or':
      return anyOf(condition.operands.map((operand) => wordsOf(operand, known)));
    case 'text':
      return known.has(condition.field.name)
        ? wordsOfTest(condition.test, condition.field)
        : undefined;
    default:
      return undefined;
  }
}

/** Of several that all hold: whole values before patterns, long patterns before short ones. */
function bestOf(all: readonly (RowWords | undefined)[]): RowWords | undefined {
  const cost = ({ patterns }: RowWords): number =>
    patterns.length === 0 ? 0 : 1 / Math.min(...patterns.map((pattern) => pattern.length));
  return all.filter((words) => words !== undefined).sort((a, b) => cost(a) - cost(b))[0];
}

/** Of several of which one holds: all together, when each has some and they are few. */
function anyOf(all: readonly (RowWords | undefined)[]): RowWords | undefined {
  const patterns = new Set<string>();
  const names = new Set<string>();
  for (const words of all) {
    if (words === undefined) return undefined;
    for (const pattern of words.patterns) patterns.add(pattern);
    for (const name of words.names) names.add(name);
  }
  const count = patterns.size + names.size;
  if (count === 0 || count > VALUES_MAX) return undefined;
  return { patterns: [...patterns], names: [...names] };
}

function wordsOfTest(test: TextTest, field: Field): RowWords | undefined {
  if (test.op === 'in' && field.type !== 'text' && NAMES.has(field.name)) {
    if (test.values.length > VALUES_MAX) return undefined;
    const names = test.values.map((value) => firstCharacters(`${field.name}:${value}`));
    return { patterns: [], names };
  }
  const patterns = patternsOf(test, field);
  return patterns === undefined ? undefined : { patterns, names: [] };
}

/** As PostgreSQL's `left`, which counts code points. */
function firstCharacters(text: string): string {
  return Array.from(text).slice(0, NAME_LENGTH_MAX).join('');
}

/** What the words of a row are like when a value of it passes the test. */
function patternsOf(test: TextTest, field: Field): readonly string[] | undefined {
  const texts = literals(test);
  if (texts.length > VALUES_MAX || !texts.every((text) => TRIGRAM.test(text))) return undefined;
  const escaped =
    test.op === 'like' ? [likePattern(test.pattern)] : texts.map((text) => likePattern([text]));
  const whole = field.type !== 'text';
  return escaped.map((text) => {
    const head = whole && (test.op === 'in' || test.op === 'prefix') ? LIST_SEPARATOR : '';
    const tail = whole && (test.op === 'in' || test.op === 'suffix') ? LIST_SEPARATOR : '';
    return `%${head}${text}${tail}%`;
  });
}

/** The texts that must be there; of a pattern its longest part. */
function literals(test: TextTest): readonly string[] {
  if (test.op === 'in') return test.values;
  if (test.op !== 'like') return [test.text];
  const parts = test.pattern.filter((part) => typeof part === 'string');
  return [parts.sort((a, b) => b.length - a.length)[0] ?? ''];
}

function readsText(condition: Condition): boolean {
  switch (condition.kind) {
    case 'and':
    case 'or':
      return condition.operands.some(readsText);
    case 'not':
      return readsText(condition.operand);
    case 'text':
      return condition.field.folded === undefined;
    default:
      return false;
  }
}
