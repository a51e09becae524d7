import type { Laboratory } from './laboratory.ts';

/** One promise of the port, as a check that throws when it is broken. */
export interface SearchCase {
  /** A fact in the present tense. */
  readonly name: string;
  /** Left out where the store is read only, or keeps nothing over a restart. */
  readonly needs?: 'writes' | 'durability';
  run(laboratory: Laboratory): Promise<void>;
}
