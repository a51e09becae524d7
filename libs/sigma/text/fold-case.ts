import { FOLD_RUNS } from './fold-runs.generated.ts';

const FOLDED = foldTable();

/**
 * The simple case folding of a code point: `CaseFolding.txt` C and S. It never changes the number of UTF-16 units.
 * Kelvin sign to k, long s to s, final sigma to sigma; dotted I stays as it is.
 */
export function foldCodePoint(code: number): number {
  if (code < 0x80) return code >= 0x41 && code <= 0x5a ? code + 32 : code;
  return FOLDED.get(code) ?? code;
}

/** Text without case, the same for rules, the index and the plain evaluator. */
export function foldCase(text: string): string {
  if (ASCII.test(text)) return text.toLowerCase();
  let folded = '';
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    const to = foldCodePoint(code);
    folded += to === code ? character : String.fromCodePoint(to);
  }
  return folded;
}

/** Every code point whose folding is the given one, itself included: for a class that ignores case. */
export function caseVariants(code: number): readonly number[] {
  const folded = foldCodePoint(code);
  return VARIANTS.get(folded) ?? [code];
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the whole of ASCII is meant
const ASCII = /^[\x00-\x7f]*$/;

function foldTable(): Map<number, number> {
  const table = new Map<number, number>();
  for (const [start, count, step, delta] of FOLD_RUNS) {
    for (let index = 0; index < count; index += 1) {
      const code = start + index * step;
      table.set(code, code + delta);
    }
  }
  return table;
}

const VARIANTS = variantTable();

function variantTable(): Map<number, number[]> {
  const table = new Map<number, number[]>();
  for (const [from, to] of FOLDED) {
    const variants = table.get(to);
    if (variants === undefined) table.set(to, [to, from]);
    else variants.push(from);
  }
  return table;
}
