import type { CharacterSet } from './character-set.ts';

/** What a place in the text must be; consumes nothing. */
export type AssertionKind =
  | 'text_start'
  | 'text_end'
  | 'line_start'
  | 'line_end'
  | 'word_edge'
  | 'no_word_edge';

/** A regular expression, flags already applied to its parts. Groups leave no trace: nothing is captured. */
export type RegexNode =
  | { readonly kind: 'set'; readonly set: CharacterSet }
  | { readonly kind: 'concat'; readonly parts: readonly RegexNode[] }
  | { readonly kind: 'alternate'; readonly parts: readonly RegexNode[] }
  | {
      readonly kind: 'repeat';
      readonly part: RegexNode;
      readonly min: number;
      readonly max: number | undefined;
    }
  | { readonly kind: 'assert'; readonly what: AssertionKind };

/** Why an expression cannot be used, and at which UTF-16 unit. */
export class RegexFault extends Error {
  readonly at: number;
  readonly unsupported: boolean;

  constructor(message: string, at: number, unsupported = false) {
    super(message);
    this.name = 'RegexFault';
    this.at = at;
    this.unsupported = unsupported;
  }
}
