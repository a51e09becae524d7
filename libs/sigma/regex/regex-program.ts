import type { CharacterSet } from './character-set.ts';
import { type AssertionKind, RegexFault, type RegexNode } from './regex-node.ts';

/** Most instructions of one expression, counted repeats written out. */
export const PROGRAM_MAX = 20_000;

/** An instruction of the automaton: consume a character, fork, look at the place, or accept. */
export type Instruction =
  | { readonly kind: 'set'; readonly set: CharacterSet; next: number }
  | { readonly kind: 'fork'; next: number; other: number }
  | { readonly kind: 'assert'; readonly what: AssertionKind; next: number }
  | { readonly kind: 'accept' };

/** A non-deterministic automaton; it starts at instruction {@link RegexProgram.start}. */
export interface RegexProgram {
  readonly instructions: readonly Instruction[];
  readonly start: number;
  /** No occurrence has fewer characters. */
  readonly shortest: number;
}

/**
 * Makes the automaton of an expression (Thompson's construction, built from the end).
 *
 * @throws RegexFault when it is larger than {@link PROGRAM_MAX}
 */
export function compileRegex(node: RegexNode): RegexProgram {
  const instructions: Instruction[] = [{ kind: 'accept' }];
  const add = (instruction: Instruction): number => {
    if (instructions.length >= PROGRAM_MAX) {
      throw new RegexFault('the repeats multiply to too large an automaton', 0, true);
    }
    return instructions.push(instruction) - 1;
  };
  const build = (part: RegexNode, next: number): number => {
    switch (part.kind) {
      case 'set':
        return add({ kind: 'set', set: part.set, next });
      case 'assert':
        return add({ kind: 'assert', what: part.what, next });
      case 'concat':
        return part.parts.reduceRight((after, inner) => build(inner, after), next);
      case 'alternate':
        return part.parts
          .map((inner) => build(inner, next))
          .reduceRight((other, branch) => add({ kind: 'fork', next: branch, other }));
      case 'repeat':
        return buildRepeat(part, next);
    }
  };
  const buildRepeat = (
    { part, min, max }: RegexNode & { kind: 'repeat' },
    next: number,
  ): number => {
    let start = next;
    if (max === undefined) {
      const fork = { kind: 'fork', next: 0, other: next } as const satisfies Instruction;
      const loop: Instruction = { ...fork };
      start = add(loop);
      loop.next = build(part, start);
    } else {
      for (let count = min; count < max; count += 1) {
        start = add({ kind: 'fork', next: build(part, start), other: next });
      }
    }
    for (let count = 0; count < min; count += 1) start = build(part, start);
    return start;
  };
  const start = build(node, 0);
  return { instructions, start, shortest: shortestOf(node) };
}

function shortestOf(node: RegexNode): number {
  switch (node.kind) {
    case 'set':
      return 1;
    case 'assert':
      return 0;
    case 'concat':
      return node.parts.reduce((sum, part) => sum + shortestOf(part), 0);
    case 'alternate':
      return node.parts.reduce(
        (least, part) => Math.min(least, shortestOf(part)),
        Number.POSITIVE_INFINITY,
      );
    case 'repeat':
      return node.min === 0 ? 0 : node.min * shortestOf(node.part);
  }
}
