import { flushCompileCache } from 'node:module';
import type { Clock } from '@tocsin/kernel/clock.ts';

/** After the rush of a start: the first time it takes about a second. */
const AFTER_MS = 3_000;

/**
 * Writes down what Node compiled, soon after a start. By itself Node does so at an orderly end only: a product that is
 * killed, or whose machine is, would compile everything again at each start.
 */
export function keepCompiledCode(clock: Clock): void {
  clock.after(AFTER_MS, flushCompileCache);
}
