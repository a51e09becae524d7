import { describe, expect, it } from 'vitest';
import { sleep } from './clock.ts';
import { ManualClock } from './manual-clock.ts';

describe('the manual clock', () => {
  it('moves only when told', async () => {
    const clock = new ManualClock(1000);
    expect(clock.now()).toBe(1000);
    expect(clock.monotonic()).toBe(0);
    await clock.advance(500);
    expect(clock.now()).toBe(1500);
    expect(clock.monotonic()).toBe(500);
  });

  it('runs due timers in order of time, each at its time, also those set meanwhile', async () => {
    const clock = new ManualClock(0);
    const ran: [string, number][] = [];
    clock.after(20, () => ran.push(['late', clock.now()]));
    clock.after(10, () => {
      ran.push(['early', clock.now()]);
      clock.after(5, () => ran.push(['chained', clock.now()]));
    });
    clock.after(31, () => ran.push(['never', clock.now()]));
    await clock.advance(30);
    expect(ran).toEqual([
      ['early', 10],
      ['chained', 15],
      ['late', 20],
    ]);
    expect(clock.pending).toBe(1);
  });

  it('runs timers of the same time in the order they were set', async () => {
    const clock = new ManualClock();
    const ran: number[] = [];
    for (let index = 0; index < 5; index += 1) clock.after(1, () => ran.push(index));
    await clock.advance(1);
    expect(ran).toEqual([0, 1, 2, 3, 4]);
  });

  it('forgets a cancelled timer, also twice', async () => {
    const clock = new ManualClock();
    let ran = false;
    const cancel = clock.after(1, () => {
      ran = true;
    });
    cancel();
    cancel();
    await clock.advance(10);
    expect(ran).toBe(false);
    expect(clock.pending).toBe(0);
  });
});

describe('sleep', () => {
  it('ends with its time', async () => {
    const clock = new ManualClock();
    let awake = false;
    const sleeping = sleep(clock, 10).then(() => {
      awake = true;
    });
    await clock.advance(9);
    expect(awake).toBe(false);
    await clock.advance(1);
    await sleeping;
    expect(awake).toBe(true);
  });

  it('ends at once by its signal and leaves no timer behind', async () => {
    const clock = new ManualClock();
    const abort = new AbortController();
    const sleeping = sleep(clock, 10, abort.signal);
    abort.abort();
    await sleeping;
    await sleep(clock, 10, abort.signal);
    expect(clock.pending).toBe(0);
  });
});
