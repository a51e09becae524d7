import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { evaluatePlainly } from '../evaluate/evaluate-plainly.ts';
import type { SigmaRule } from '../rule/rule.ts';
import { MIX, type MixedEvents } from './corpus.ts';

/** Events answered at once, and kept in one file. */
export const SLICE_EVENTS = 1000;

/** What answers an event besides the rules as they were read: no part of the index is among it. */
const PLAIN_SOURCES =
  '{evaluate/*,text/*,regex/{character-set,parse-regex,plain-regex,read-class,regex-*},rule/cidr-network}.ts';

/**
 * Where the plain evaluator's answers for the mix are kept between runs: by what they come from, so that those of
 * other rules, events or semantics are never taken for these.
 */
export function answersFolder(rules: readonly SigmaRule[]): string {
  const digest = createHash('sha256').update(readFileSync(MIX));
  for (const { id, expression } of rules) digest.update(JSON.stringify([id, expression], exact));
  const root = join(import.meta.dirname, '..');
  for (const name of globSync(PLAIN_SOURCES, { cwd: root }).sort()) {
    if (!name.endsWith('.test.ts')) digest.update(readFileSync(join(root, name)));
  }
  const folder = process.env['TOCSIN_SIGMA_ANSWERS'] ?? join(tmpdir(), 'tocsin-sigma-answers');
  const own = join(folder, digest.digest('hex').slice(0, 16));
  mkdirSync(own, { recursive: true });
  return own;
}

function exact(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `${value}n` : value;
}

/** Of each event of a slice the ids of the rules that hold, as the plain evaluator says: kept, or found out and kept. */
export function plainAnswers(
  folder: string,
  slice: number,
  rules: readonly SigmaRule[],
  mix: MixedEvents,
): readonly (readonly string[])[] {
  const file = join(folder, `${slice}.json`);
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'));
  const answers = answerPlainly(slice, rules, mix);
  writeFileSync(`${file}.part`, JSON.stringify(answers));
  renameSync(`${file}.part`, file);
  return answers;
}

/** Rule by rule, not event by event: the memory of all rules is far larger than a processor's caches. */
function answerPlainly(
  slice: number,
  rules: readonly SigmaRule[],
  mix: MixedEvents,
): readonly (readonly string[])[] {
  const first = slice * SLICE_EVENTS;
  const count = Math.min(SLICE_EVENTS, mix.length - first);
  const events = Array.from({ length: count }, (_, index) => mix.event(first + index));
  const answers = events.map((): string[] => []);
  for (const { id, expression } of rules) {
    for (const [index, event] of events.entries()) {
      if (evaluatePlainly(expression, event)) answers[index]?.push(id);
    }
  }
  return answers;
}
