import { deserialize, serialize } from 'node:v8';
import type { Place } from '../fault.ts';
import type { Work } from '../index/work.ts';
import type { Expression, RuleLevel, RuleLogsource, RuleStatus, SigmaRule } from './rule.ts';

/** What every event or list needs of a rule. */
type Head = Pick<SigmaRule, 'id' | 'name' | 'title' | 'level' | 'logsource' | 'file' | 'place'>;
/** What is needed when a rule matches or is shown. */
type More = Pick<SigmaRule, 'status' | 'author' | 'description' | 'tags' | 'metadata'>;

/** Rules as plain data, for another thread: small heads, and the rest as bytes that are read when they are asked for. */
export interface PackedRules {
  readonly heads: readonly Head[];
  /** Of each rule {@link More}, then its expression. */
  readonly bodies: Uint8Array<ArrayBuffer>;
  /** Where each of these ends in the bodies: two numbers a rule. */
  readonly ends: Int32Array<ArrayBuffer>;
}

/** Rules of which the one that packs them has tables: whoever matches by the tables hardly ever asks for the rest. */
export function packRules(rules: readonly SigmaRule[]): PackedRules {
  const parts: Uint8Array[] = [];
  const ends = new Int32Array(rules.length * 2);
  let end = 0;
  for (const { status, author, description, tags, metadata, expression } of rules) {
    const more: More = { status, author, description, tags, metadata };
    for (const part of [serialize(more), serialize(expression)]) {
      end += part.length;
      ends[parts.push(part) - 1] = end;
    }
  }
  const heads = rules.map(
    ({ id, name, title, level, logsource, file, place }): Head => ({
      id,
      name,
      title,
      level,
      logsource,
      file,
      place,
    }),
  );
  const bodies = new Uint8Array(end);
  for (const [number, part] of parts.entries()) bodies.set(part, ends[number - 1] ?? 0);
  return { heads, bodies, ends };
}

const RULES_AT_ONCE = 64;

/** The rules again. They look like all others; for `{...rule}` and messages there is {@link plainRule}. */
export function* unpackRules(packed: PackedRules): Work<readonly SigmaRule[]> {
  const rules: SigmaRule[] = [];
  for (const [number, head] of packed.heads.entries()) {
    rules.push(new PackedRule(packed, number, head));
    if (number % RULES_AT_ONCE === 0) yield;
  }
  return rules;
}

/** A rule as an object that can be copied and sent. */
export function plainRule(rule: SigmaRule): SigmaRule {
  const { id, name, title, level, logsource, file, place } = rule;
  const { status, author, description, tags, metadata, expression } = rule;
  const head: Head = { id, name, title, level, logsource, file, place };
  return { ...head, status, author, description, tags, metadata, expression };
}

/** A rule of which the larger part is read back when it is asked for first. */
class PackedRule implements SigmaRule {
  readonly id: string;
  readonly name: string;
  readonly title: string;
  readonly level: RuleLevel | undefined;
  readonly logsource: RuleLogsource;
  readonly file: string;
  readonly place: Place;
  readonly #packed: PackedRules;
  readonly #number: number;
  #more: More | undefined;
  #expression: Expression | undefined;

  constructor(packed: PackedRules, number: number, head: Head) {
    this.id = head.id;
    this.name = head.name;
    this.title = head.title;
    this.level = head.level;
    this.logsource = head.logsource;
    this.file = head.file;
    this.place = head.place;
    this.#packed = packed;
    this.#number = number;
  }

  get status(): RuleStatus | undefined {
    return this.#rest().status;
  }

  get author(): string {
    return this.#rest().author;
  }

  get description(): string {
    return this.#rest().description;
  }

  get tags(): readonly string[] {
    return this.#rest().tags;
  }

  get metadata(): SigmaRule['metadata'] {
    return this.#rest().metadata;
  }

  get expression(): Expression {
    this.#expression ??= this.#part(2 * this.#number + 1) as Expression;
    return this.#expression;
  }

  #rest(): More {
    this.#more ??= this.#part(2 * this.#number) as More;
    return this.#more;
  }

  #part(number: number): unknown {
    const { bodies, ends } = this.#packed;
    return deserialize(bodies.subarray(ends[number - 1] ?? 0, ends[number]));
  }
}
