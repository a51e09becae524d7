import { systemContext } from '@tocsin/auth/tenant-context.ts';
import { stepWindow } from '@tocsin/correlation/step-window.ts';
import type { WindowRule, WindowState } from '@tocsin/correlation/window.ts';
import type { WindowGroup } from '@tocsin/correlation/window-group.ts';
import { assert } from '@tocsin/kernel/assert.ts';
import { seededRandom } from '@tocsin/kernel/random.ts';
import { parseTenantId } from '@tocsin/kernel/tenant-id.ts';
import { expect } from 'vitest';
import type { WindowAdd, WindowStore } from './window-store.ts';

/** How the suite gets stores of one adapter. */
export interface WindowStoreHome {
  /** Opens a store over the durable state of this home; the one opened before was closed or crashed. */
  open(): Promise<WindowStore>;
}

/** One promise of the port, as a present-tense fact. It throws when an adapter does not keep it. */
export interface WindowStoreCheck {
  readonly name: string;
  run(home: WindowStoreHome): Promise<void>;
}

const acme = systemContext(parseTenantId('acme-corp'), 'test');
const other = systemContext(parseTenantId('other-corp'), 'test');
const three: WindowRule = { id: 'three', windowMs: 1000, threshold: 3, latenessMs: 500 };
const SOURCE = 'raw.events/0/acme-corp';

function adds(
  prefix: string,
  count: number,
  at: number,
  more: Partial<WindowAdd> = {},
): WindowAdd[] {
  return Array.from({ length: count }, (_, index) => ({
    rule: three,
    group: 'ann',
    at: at + index,
    eventId: `${prefix}${index}`,
    weight: 1,
    ...more,
  }));
}

const from = (offset: number, source = SOURCE) => ({ source, offset });
const openings = (states: readonly WindowState[]) => states.filter((state) => state.opened).length;

/** What every adapter of `WindowStore` promises (design 4.3). */
export const WINDOW_STORE_CHECKS: readonly WindowStoreCheck[] = [
  {
    name: 'answers each add of a frame, in order, as the pure step does',
    async run(home) {
      const store = await home.open();
      const states = await store.add(acme, adds('e', 4, 0), from(1));
      expect(states.map((state) => state.outcome)).toEqual(Array(4).fill('counted'));
      expect(states.map((state) => state.opened)).toEqual([false, false, true, false]);
      expect(states[3]?.episode).toMatchObject({ openedBy: 'e2', count: 4, revision: 4 });
    },
  },
  {
    name: 'answers a random stream of adds exactly as the pure step does',
    async run(home) {
      const store = await home.open();
      const plain = new Map<string, WindowGroup>();
      for (const [index, frame] of randomFrames(7, 40).entries()) {
        const states = await store.add(acme, frame, from(index + 1));
        expect(states).toEqual(frame.map((add) => plainStep(plain, add)));
      }
    },
  },
  {
    name: 'ignores a frame at or below the applied offset of its source',
    async run(home) {
      const store = await home.open();
      await store.add(acme, adds('e', 2, 0), from(5));
      expect(await store.add(acme, adds('f', 5, 0), from(5))).toEqual([]);
      expect(await store.add(acme, adds('g', 5, 0), from(4))).toEqual([]);
      expect(openings(await store.add(acme, adds('h', 1, 9), from(6)))).toBe(1);
    },
  },
  {
    name: 'moves the applied offset for a frame without adds',
    async run(home) {
      const store = await home.open();
      await store.add(acme, [], from(3));
      await store.checkpoint();
      expect(store.applied(SOURCE)).toBe(3);
    },
  },
  {
    name: 'keeps an offset for each source',
    async run(home) {
      const store = await home.open();
      await store.add(acme, adds('e', 1, 0), from(9, 'one'));
      expect(await store.add(acme, adds('f', 1, 0), from(1, 'two'))).toHaveLength(1);
      await store.checkpoint();
      expect([store.applied('one'), store.applied('two'), store.applied('three')]).toEqual([
        9, 1, 0,
      ]);
    },
  },
  {
    name: 'keeps tenants apart',
    async run(home) {
      const store = await home.open();
      await store.add(acme, adds('e', 2, 0), from(1, 'a'));
      expect(openings(await store.add(other, adds('f', 1, 3), from(1, 'b')))).toBe(0);
      expect(openings(await store.add(acme, adds('g', 1, 3), from(2, 'a')))).toBe(1);
    },
  },
  {
    name: 'keeps rules and groups apart, whatever their text',
    async run(home) {
      const store = await home.open();
      const groups = ['', 'ann', 'Ann', '__proto__', 'a\0b', '\u{1f600}', 'x'.repeat(2000)];
      const frame = groups.flatMap((group) => adds('e', 2, 0, { group }));
      expect(openings(await store.add(acme, frame, from(1)))).toBe(0);
      const rule = { ...three, id: 'three-more' };
      expect(openings(await store.add(acme, adds('f', 2, 0, { rule }), from(2)))).toBe(0);
      const third = groups.map((group) => adds('g', 1, 9, { group })[0] ?? missing());
      expect(openings(await store.add(acme, third, from(3)))).toBe(groups.length);
    },
  },
  {
    name: 'has lost its state at first and not after a checkpoint',
    async run(home) {
      const store = await home.open();
      expect(store.lost).toBe(true);
      await store.checkpoint();
      await store.close();
      const again = await home.open();
      expect(again.lost).toBe(false);
    },
  },
  {
    name: 'tells of offsets only once they are durable',
    async run(home) {
      const store = await home.open();
      await store.add(acme, adds('e', 1, 0), from(4));
      expect(store.applied(SOURCE)).toBe(0);
      await store.checkpoint();
      expect(store.applied(SOURCE)).toBe(4);
      expect((await home.open()).applied(SOURCE)).toBe(4);
    },
  },
  {
    name: 'makes durable the state at the time of the call, not a later one',
    async run(home) {
      const store = await home.open();
      await store.add(acme, adds('e', 2, 0), from(1));
      const writing = store.checkpoint();
      await store.add(acme, adds('f', 5, 5), from(2));
      await writing;
      const again = await home.open();
      expect(again.applied(SOURCE)).toBe(1);
      const replayed = await again.add(acme, adds('f', 5, 5), from(2));
      expect(replayed.map((state) => state.opened)).toEqual([true, false, false, false, false]);
      expect(replayed[4]?.episode?.count).toBe(7);
    },
  },
  {
    name: 'keeps the state of a companion as it was at the call, and gives it back with the offsets',
    async run(home) {
      const store = await home.open();
      const state = { text: 'a\nb', count: 1 };
      const restored: [string, unknown][] = [];
      const companion = {
        name: 'notes',
        capture: (): [string, string][] => [[acme.tenantId, JSON.stringify(state)]],
        restore: (tenantId: string, value: unknown) => void restored.push([tenantId, value]),
        forget: () => undefined,
      };
      store.keep(companion);
      await store.add(acme, adds('e', 1, 0), from(1));
      const written = store.checkpoint();
      state.count = 2;
      await written;
      const next = await home.open();
      expect(next.takes(from(1))).toBe(false);
      expect(next.takes(from(2))).toBe(true);
      // One that does not ask for it must not lose it.
      await next.checkpoint();
      (await home.open()).keep(companion);
      expect(restored).toEqual([[acme.tenantId, { text: 'a\nb', count: 1 }]]);
    },
  },
  {
    name: 'gives the same answers after a crash and a replay from its offset',
    async run(home) {
      const frames = randomFrames(11, 30);
      const plain = new Map<string, WindowGroup>();
      const expected = frames.map((frame) => frame.map((add) => plainStep(plain, add)));
      // Each round goes on from the durable offset, makes some frames durable, does some more, and crashes.
      for (let round = 0, done = 0; done < frames.length; round += 1) {
        assert(round < frames.length, 'every round makes some frames durable');
        const store = await home.open();
        done = store.applied(SOURCE);
        const durableAt = done + 3 + (round % 3);
        const crashAt = Math.min(frames.length, durableAt + 1 + (round % 4));
        for (; done < crashAt; done += 1) {
          const states = await store.add(acme, frames[done] ?? missing(), from(done + 1));
          expect(states).toEqual(expected[done]);
          if (done === durableAt) await store.checkpoint();
        }
      }
    },
  },
];

function plainStep(groups: Map<string, WindowGroup>, add: WindowAdd): WindowState {
  const key = JSON.stringify([add.rule.id, add.group]);
  const { state, result } = stepWindow(add.rule, groups.get(key), add);
  groups.set(key, state);
  return result;
}

function randomFrames(seed: number, count: number): WindowAdd[][] {
  const random = seededRandom(seed);
  const below = (limit: number) => Math.floor(random.fraction() * limit);
  return Array.from({ length: count }, (_, frame) =>
    Array.from({ length: below(8) }, () => ({
      rule: { ...three, id: `rule-${below(3)}` },
      group: `user-${below(3)}`,
      at: frame * 100 + below(900),
      eventId: `e${below(200)}`,
      weight: 1 + below(2),
      labels: [`src_ip=10.0.0.${below(4)}`],
    })),
  );
}

function missing(): never {
  assert(false, 'the sample has this item');
}
