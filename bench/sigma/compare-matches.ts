import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A rule whose matches differ between the engines, and who is right by the specification. */
interface Difference {
  readonly rule_id: string;
  readonly right: 'ours' | 'peer';
  readonly reason: string;
}

const KNOWN: readonly Difference[] = JSON.parse(
  readFileSync(join(import.meta.dirname, 'differences.json'), 'utf8'),
);

/** Compares two lists of `ordinal<TAB>rule id` lines; what has no entry in `differences.json` is reported. */
export function compareMatches(
  ours: string,
  peer: string,
): { matches: number; unexplained: string[] } {
  const [left, right] = [linesOf(ours), linesOf(peer)];
  const unexplained: string[] = [];
  for (const line of left) if (!right.has(line)) report(`only ours: ${line}`, unexplained);
  for (const line of right) if (!left.has(line)) report(`only rsigma: ${line}`, unexplained);
  return { matches: left.size, unexplained };
}

function linesOf(text: string): Set<string> {
  return new Set(text.split('\n').filter((line) => line !== ''));
}

function report(line: string, unexplained: string[]): void {
  const id = line.split('\t')[1];
  if (!KNOWN.some(({ rule_id }) => rule_id === id)) unexplained.push(line);
}
