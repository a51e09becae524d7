import { systemContext } from '@tocsin/auth/tenant-context.ts';
import { parseTenantId } from '@tocsin/kernel/tenant-id.ts';
import { describe, expect, it } from 'vitest';
import type { ObjectStore } from './object-store.ts';

const acme = systemContext(parseTenantId('acme-corp'), 'test');
const globex = systemContext(parseTenantId('globex'), 'test');
const bytes = (text: string): Buffer => Buffer.from(text);

/** One sentence of the contract and the check of it. */
export interface ObjectStoreCase {
  readonly name: string;
  readonly run: (store: ObjectStore) => Promise<void>;
}

/** The contract of {@link ObjectStore}, case by case. Each case gets a fresh, empty store. */
export const OBJECT_STORE_CASES: readonly ObjectStoreCase[] = [
  {
    name: 'gives back what was put',
    async run(store) {
      await store.put(acme, 'raw/2026-01-01/a.zst', bytes('one'));
      expect(await store.find(acme, 'raw/2026-01-01/a.zst')).toEqual(bytes('one'));
    },
  },
  {
    name: 'takes the same bytes under the same key again',
    async run(store) {
      await store.put(acme, 'a', bytes('one'));
      await store.put(acme, 'a', bytes('one'));
    },
  },
  {
    name: 'refuses other bytes under a key that is taken, and keeps the first',
    async run(store) {
      await store.put(acme, 'a', bytes('one'));
      await expect(store.put(acme, 'a', bytes('two'))).rejects.toMatchObject({ code: 'conflict' });
      expect(await store.find(acme, 'a')).toEqual(bytes('one'));
    },
  },
  {
    name: 'finds nothing under an absent key',
    async run(store) {
      expect(await store.find(acme, 'absent')).toBeUndefined();
      expect(await store.findRange(acme, 'absent', 0, 1)).toBeUndefined();
    },
  },
  {
    name: 'never shows one tenant the objects of another',
    async run(store) {
      await store.put(acme, 'a', bytes('acme'));
      expect(await store.find(globex, 'a')).toBeUndefined();
      expect(await store.list(globex, '', 10)).toEqual([]);
      await store.put(globex, 'a', bytes('globex'));
      expect(await store.find(acme, 'a')).toEqual(bytes('acme'));
    },
  },
  {
    name: 'reads a range, shorter at the end',
    async run(store) {
      await store.put(acme, 'a', bytes('0123456789'));
      expect(await store.findRange(acme, 'a', 2, 3)).toEqual(bytes('234'));
      expect(await store.findRange(acme, 'a', 8, 10)).toEqual(bytes('89'));
    },
  },
  {
    name: 'lists keys below a prefix in order, in pages',
    async run(store) {
      for (const key of ['raw/b', 'raw/a', 'rare/c', 'raw/c/d'])
        await store.put(acme, key, bytes(key));
      expect(await store.list(acme, 'raw/', 10)).toEqual(['raw/a', 'raw/b', 'raw/c/d']);
      expect(await store.list(acme, 'raw/', 1)).toEqual(['raw/a']);
      expect(await store.list(acme, 'raw/', 10, 'raw/a')).toEqual(['raw/b', 'raw/c/d']);
    },
  },
  {
    name: 'removes an object, and an absent one without complaint',
    async run(store) {
      await store.put(acme, 'a', bytes('one'));
      await store.remove(acme, 'a');
      await store.remove(acme, 'a');
      expect(await store.find(acme, 'a')).toBeUndefined();
    },
  },
  {
    name: 'refuses a key that is not a plain relative path',
    async run(store) {
      for (const key of [
        '',
        '/a',
        'a//b',
        '../a',
        'a/../b',
        '.hidden',
        'a\0b',
        'A',
        'a b',
        'x'.repeat(513),
      ]) {
        await expect(store.put(acme, key, bytes('x')), key).rejects.toMatchObject({
          code: 'invalid_request',
        });
      }
    },
  },
];

/** How a run of the suite gets its adapter. */
export interface ObjectStoreSubject {
  readonly name: string;
  /** A fresh, empty store. */
  readonly open: () => Promise<ObjectStore>;
}

/** Runs the contract of {@link ObjectStore} on an adapter. */
export function describeObjectStore(subject: ObjectStoreSubject): void {
  describe(`${subject.name} is an ObjectStore`, () => {
    for (const { name, run } of OBJECT_STORE_CASES) {
      it(name, async () => {
        const store = await subject.open();
        try {
          await run(store);
        } finally {
          await store.close();
        }
      });
    }
  });
}
