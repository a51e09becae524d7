/**
 * Compares the index with the plain evaluator over all public rules and the whole mix of the benchmark, routed and
 * not, from objects and from the bytes as they came. The plain evaluator takes a quarter of an hour and more; what it
 * says is kept in slices (`plain-answers.ts`), so that a run that was ended goes on where it was, and the next one
 * takes a minute. Differences are printed, and then the status is 1. `--from N --slices N` compares a part of it.
 */
import { parseArgs } from 'node:util';
import type { EventRecord } from '../evaluate/event-record.ts';
import { logsourceApplies } from '../evaluate/logsource.ts';
import { JsonChunk } from '../index/json-chunk.ts';
import { windowsLogsources } from '../mapping/windows-logsource.ts';
import { loadRules } from '../rule/load-rules.ts';
import type { RuleLogsource, SigmaRule } from '../rule/rule.ts';
import { type RuleMatcher, RuleSet } from '../rule-set.ts';
import { corpusFiles, hasCorpus, MixedEvents } from './corpus.ts';
import { answersFolder, plainAnswers, SLICE_EVENTS } from './plain-answers.ts';

const { values } = parseArgs({
  options: { from: { type: 'string', default: '0' }, slices: { type: 'string' } },
});

/** Slices between two lines of progress. */
const PROGRESS_SLICES = 10;

function compareMix(): void {
  const { rules } = loadRules(corpusFiles('active'));
  const mix = new MixedEvents();
  const folder = answersFolder(rules);
  const all = Math.ceil(mix.length / SLICE_EVENTS);
  const from = Number(values.from);
  const end = Math.min(all, from + Number(values.slices ?? all));
  console.log(`answers of the plain evaluator are kept in ${folder}`);
  const comparison = new Comparison(rules);
  for (let slice = from; slice < end; slice += 1) {
    const answers = plainAnswers(folder, slice, rules, mix);
    for (const [index, expected] of answers.entries()) {
      const ordinal = slice * SLICE_EVENTS + index;
      comparison.compare(ordinal, mix.raw(ordinal), mix.event(ordinal), expected);
    }
    if ((slice + 1) % PROGRESS_SLICES === 0) console.log(`slice ${slice + 1} of ${end}`);
  }
  const { events, matches, routed, differences } = comparison;
  console.log(
    `${rules.length} rules x ${events} events: ${matches} matches, ${routed} routed, ${differences} differences`,
  );
  if (differences > 0) process.exitCode = 1;
}

class Comparison {
  events = 0;
  matches = 0;
  routed = 0;
  differences = 0;
  readonly #set: RuleSet;
  readonly #any: RuleMatcher;
  readonly #logsources: ReadonlyMap<string, RuleLogsource>;

  constructor(rules: readonly SigmaRule[]) {
    this.#set = new RuleSet(rules);
    this.#any = this.#set.matcherForAny();
    this.#logsources = new Map(rules.map(({ id, logsource }) => [id, logsource]));
  }

  compare(ordinal: number, raw: string, event: EventRecord, expected: readonly string[]): void {
    const line = lineOf(raw, event);
    const triples = windowsLogsources(event);
    const routed = expected.filter((id) =>
      logsourceApplies(this.#logsources.get(id) ?? {}, triples),
    );
    this.#same(`${ordinal} of all rules`, found(this.#any, event, line), expected);
    this.#same(`${ordinal} routed`, found(this.#set.matcherFor(triples), event, line), routed);
    this.events += 1;
    this.matches += expected.length;
    this.routed += routed.length;
  }

  #same(what: string, answers: readonly string[][], expected: readonly string[]): void {
    const wanted = expected.toSorted().join(' ');
    for (const [index, answer] of answers.entries()) {
      const got = answer.toSorted().join(' ');
      if (got === wanted) continue;
      this.differences += 1;
      console.error(`event ${what}, from ${index === 0 ? 'an object' : 'bytes'}:`);
      console.error(`  index: ${got}\n  plain: ${wanted}`);
    }
  }
}

/** The bytes as they came; a text that is no JSON object as its `message`. */
function lineOf(raw: string, event: EventRecord): Buffer {
  return Buffer.from(raw.startsWith('{') ? raw : JSON.stringify(event));
}

/** What the index finds in the object and, which must be the same, in the bytes. */
function found(matcher: RuleMatcher, event: EventRecord, line: Buffer): readonly string[][] {
  const numbers = matcher.matchJson(new JsonChunk(line), 0, line.length) ?? [];
  return [
    matcher.match(event).map(({ id }) => id),
    numbers.map((number) => matcher.rules[number]?.id ?? ''),
  ];
}

if (hasCorpus) compareMix();
else console.log('The public rules and the mix are not beside the repository: nothing compared.');
