import { FOLD_BYTE } from './canonical-bytes.ts';

/** A literal to find at one end of a text, as bytes in the order they are met, and the number that stands for it. */
export interface EndLiteral {
  readonly bytes: Uint8Array;
  readonly id: number;
}

/**
 * A trie over bytes in one table: `next[state + class]` is the state after, already multiplied by the number of
 * classes; it is inverted (`~state`) when the state has outputs, so that one comparison a byte decides. A literal is
 * in it as far as another has the same start; the rest is compared when its output is met.
 */
export interface EndTrie {
  /** By byte, folded. Bytes that no literal has are class 0. */
  readonly classes: Uint8Array;
  readonly classCount: number;
  readonly next: Int32Array;
  /** By state number: where its outputs start in {@link EndTrie.outputs}; they end where the next state's start. */
  readonly outputStarts: Int32Array;
  readonly outputs: Int32Array;
}

/** No way on. */
export const DEAD = 0x7fff_ffff;

/** Builds a trie of literals, none empty. */
export function buildEndTrie(literals: readonly EndLiteral[]): EndTrie {
  const sorted = literals.toSorted((a, b) => Buffer.compare(a.bytes, b.bytes));
  const cut = sorted.map(({ id, bytes }, index) => {
    const shared = Math.max(
      sharedStart(bytes, sorted[index - 1]?.bytes),
      sharedStart(bytes, sorted[index + 1]?.bytes),
    );
    return { id, bytes: bytes.subarray(0, Math.min(bytes.length, shared + 1)) };
  });
  const { classes, classCount } = byteClasses(cut);
  const states = new States(classCount);
  for (const { id, bytes } of cut) states.add(id, bytes, classes);
  return { classes, classCount, ...states.pack() };
}

function sharedStart(a: Uint8Array, b: Uint8Array | undefined): number {
  let at = 0;
  while (b !== undefined && at < a.length && a[at] === b[at]) at += 1;
  return at;
}

function byteClasses(literals: readonly EndLiteral[]): {
  classes: Uint8Array;
  classCount: number;
} {
  const ofFolded = new Uint8Array(256);
  let classCount = 1;
  for (const { bytes } of literals) {
    for (const byte of bytes) {
      if (ofFolded[byte] !== 0) continue;
      ofFolded[byte] = classCount;
      classCount += 1;
    }
  }
  return { classes: FOLD_BYTE.map((byte) => ofFolded[byte] as number), classCount };
}

class States {
  readonly #classCount: number;
  #next: Int32Array<ArrayBuffer>;
  readonly #outputs: (number[] | undefined)[] = [undefined];

  constructor(classCount: number) {
    this.#classCount = classCount;
    this.#next = new Int32Array(classCount * 16);
  }

  /** State 0 is the start, so 0 also says that there is no edge: none leads back to the start. */
  add(id: number, bytes: Uint8Array, classes: Uint8Array): void {
    let state = 0;
    for (const byte of bytes) {
      const edge = state * this.#classCount + (classes[byte] as number);
      let to = this.#next[edge] as number;
      if (to === 0) {
        to = this.#newState();
        this.#next[edge] = to;
      }
      state = to;
    }
    const ids = this.#outputs[state];
    if (ids === undefined) this.#outputs[state] = [id];
    else ids.push(id);
  }

  #newState(): number {
    const state = this.#outputs.push(undefined) - 1;
    const needed = this.#outputs.length * this.#classCount;
    if (needed > this.#next.length) {
      const grown = new Int32Array(Math.max(needed, this.#next.length * 2));
      grown.set(this.#next);
      this.#next = grown;
    }
    return state;
  }

  pack(): Pick<EndTrie, 'next' | 'outputStarts' | 'outputs'> {
    const states = this.#outputs.length;
    const next = new Int32Array(states * this.#classCount);
    for (let edge = 0; edge < next.length; edge += 1) {
      const to = this.#next[edge] as number;
      const place = to * this.#classCount;
      if (to === 0) next[edge] = DEAD;
      else next[edge] = this.#outputs[to] === undefined ? place : ~place;
    }
    const outputStarts = new Int32Array(states + 1);
    const outputs: number[] = [];
    for (let state = 0; state < states; state += 1) {
      outputStarts[state] = outputs.length;
      outputs.push(...(this.#outputs[state] ?? []));
    }
    outputStarts[states] = outputs.length;
    return { next, outputStarts, outputs: Int32Array.from(outputs) };
  }
}

/** Bytes of its tables. */
export function trieBytes({ classes, next, outputStarts, outputs }: EndTrie): number {
  return classes.byteLength + next.byteLength + outputStarts.byteLength + outputs.byteLength;
}
