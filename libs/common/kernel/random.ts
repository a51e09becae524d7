import { randomFillSync } from 'node:crypto';

/** The only way that product code gets chance. */
export interface Random {
  /** Fresh random bytes. From the system source they are fit for secrets. */
  bytes(length: number): Uint8Array;
  /** A number in [0, 1), for jitter and sampling; never for secrets. */
  fraction(): number;
}

/** Bytes drawn from the system at once: a draw costs about the same for 10 bytes as for 4,096. */
const POOL_BYTES = 4096;
let pool = new Uint8Array(0);
let poolAt = 0;

/** Chance from the operating system. Each byte is given out once. */
export const systemRandom: Random = {
  bytes(length) {
    if (length > POOL_BYTES / 4) return randomFillSync(new Uint8Array(length));
    if (poolAt + length > pool.length) {
      pool = randomFillSync(new Uint8Array(POOL_BYTES));
      poolAt = 0;
    }
    poolAt += length;
    return pool.slice(poolAt - length, poolAt);
  },
  fraction: () => Math.random(),
};

/** Repeatable chance for tests and simulation (mulberry32). Never for secrets. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  return {
    fraction: next,
    bytes: (length) => Uint8Array.from({ length }, () => Math.floor(next() * 256)),
  };
}
