import { ManualClock } from '@tocsin/kernel/manual-clock.ts';
import { describe, expect, it } from 'vitest';
import { Progress, placeIn, progressMemory } from './progress.ts';
import { WATCH_EVERY_MS, Watchdog } from './watchdog.ts';

const LOOKS = 3;

function watch(answers: () => boolean) {
  const clock = new ManualClock();
  const memory = progressMemory();
  const progress = new Progress(memory, []);
  const hung: unknown[] = [];
  const dog = new Watchdog({
    clock,
    ask: () => (answers() ? Promise.resolve() : new Promise(() => undefined)),
    place: () => placeIn(memory),
    onHung: (place) => hung.push(place),
    silentLooksMax: LOOKS,
  });
  dog.start();
  const look = async (times = 1): Promise<void> => {
    for (let at = 0; at < times; at += 1) {
      clock.advance(WATCH_EVERY_MS);
      await Promise.resolve();
    }
  };
  return { progress, hung, look, dog };
}

describe('a thread that is watched', () => {
  it('hangs when it does not answer and does not move; that is told once, with its place', async () => {
    const { progress, hung, look } = watch(() => false);
    progress.frame(7, 'a');
    progress.item(4);
    await look(LOOKS);
    expect(hung).toEqual([]);
    await look(5);
    expect(hung).toEqual([{ frame: 7, ordinal: 4 }]);
  });

  it('does not hang while it answers, wherever it is', async () => {
    const { hung, look } = watch(() => true);
    await look(10 * LOOKS);
    expect(hung).toEqual([]);
  });

  it('does not hang while it goes on from item to item, however slowly', async () => {
    const { progress, hung, look } = watch(() => false);
    progress.frame(1, 'a');
    for (let ordinal = 0; ordinal < 5 * LOOKS; ordinal += 1) {
      progress.item(ordinal);
      await look(LOOKS - 1);
    }
    expect(hung).toEqual([]);
  });

  it('is no longer watched after the stop', async () => {
    const { hung, look, dog } = watch(() => false);
    dog.stop();
    await look(10 * LOOKS);
    expect(hung).toEqual([]);
  });
});

it('sets aside the items it hung on before, of that frame alone', () => {
  const memory = progressMemory();
  const progress = new Progress(memory, [{ frameId: 'a', ordinal: 1 }]);
  progress.frame(1, 'a');
  expect([0, 1, 2].map((ordinal) => progress.item(ordinal) === undefined)).toEqual([
    true,
    false,
    true,
  ]);
  progress.idle();
  expect(placeIn(memory)).toEqual({ frame: 1, ordinal: undefined });
  progress.frame(2, 'b');
  expect(progress.item(1)).toBeUndefined();
});
