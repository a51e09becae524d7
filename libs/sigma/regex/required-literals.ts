import { foldCodePoint } from '../text/fold-case.ts';
import type { CharacterSet } from './character-set.ts';
import type { RegexNode } from './regex-node.ts';

/** More alternatives than this are no help: the set is given up. */
const LITERALS_MAX = 256;
/** Largest set that is looked at as one letter in its cases. */
const VARIANTS_MAX = 4;
/** Longer literals are no rarer. */
const USEFUL_UNITS = 8;

/**
 * Folded texts of which at least one occurs in every text that the expression occurs in; undefined when there is no
 * such set. They only say where it is worth to look.
 */
export function requiredLiterals(node: RegexNode): readonly string[] | undefined {
  switch (node.kind) {
    case 'set': {
      const letter = letterOf(node.set);
      return letter === undefined ? undefined : [letter];
    }
    case 'repeat':
      return node.min > 0 ? requiredLiterals(node.part) : undefined;
    case 'alternate':
      return unionOf(node.parts);
    case 'concat':
      return bestOf(concatCandidates(node.parts));
    case 'assert':
      return undefined;
  }
}

function unionOf(parts: readonly RegexNode[]): readonly string[] | undefined {
  const all = new Set<string>();
  for (const part of parts) {
    const literals = requiredLiterals(part);
    if (literals === undefined) return undefined;
    for (const literal of literals) all.add(literal);
  }
  return all.size > LITERALS_MAX ? undefined : [...all];
}

function concatCandidates(parts: readonly RegexNode[]): (readonly string[])[] {
  const candidates: (readonly string[])[] = [];
  let run = '';
  const endRun = (): void => {
    if (run !== '') candidates.push([run]);
    run = '';
  };
  for (const part of flat(parts)) {
    const letter = part.kind === 'set' ? letterOf(part.set) : undefined;
    if (letter !== undefined) run += letter;
    else if (part.kind !== 'assert') {
      endRun();
      const inner = requiredLiterals(part);
      if (inner !== undefined) candidates.push(inner);
    }
  }
  endRun();
  return candidates;
}

function flat(parts: readonly RegexNode[]): readonly RegexNode[] {
  return parts.flatMap((part) => (part.kind === 'concat' ? flat(part.parts) : [part]));
}

function bestOf(candidates: readonly (readonly string[])[]): readonly string[] | undefined {
  let best: readonly string[] | undefined;
  let bestScore = 0;
  for (const literals of candidates) {
    const shortest = Math.min(...literals.map(({ length }) => length));
    const score = Math.min(shortest, USEFUL_UNITS) - Math.log2(literals.length) / 4;
    if (best === undefined || score > bestScore) {
      best = literals;
      bestScore = score;
    }
  }
  return best;
}

/** The folded letter of a set that holds one letter in some of its cases. */
function letterOf(set: CharacterSet): string | undefined {
  let folded: number | undefined;
  let count = 0;
  for (let at = 0; at < set.length; at += 2) {
    const to = set[at + 1] ?? 0;
    for (let code = set[at] ?? 0; code <= to; code += 1) {
      count += 1;
      if (count > VARIANTS_MAX) return undefined;
      folded ??= foldCodePoint(code);
      if (folded !== foldCodePoint(code)) return undefined;
    }
  }
  return folded === undefined ? undefined : String.fromCodePoint(folded);
}
