import { seededRandom } from '@tocsin/kernel/random.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ClientIds } from './client-ids.ts';
import { SeenIds } from './seen-ids.ts';

/** Few different ids that share words, so that runs of slots collide, and the two at the ends. */
const word = fc.constantFrom('00000000', 'ffffffff', '80000000', '00000001', 'deadbeef');
const crowded = fc
  .tuple(word, word, word, word)
  .map(([a, b, c, d]) => `${a}-${b.slice(0, 4)}-${b.slice(4)}-${c.slice(0, 4)}-${c.slice(4)}${d}`);
const uuid = fc.oneof(fc.uuid(), crowded);

describe('a set of seen ids', () => {
  it('holds exactly what was added, as a Set does, whatever the case of the text', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.array(uuid, { maxLength: 400 }),
        fc.array(uuid),
        (seed, ids, others) => {
          const seen = new SeenIds(seed);
          const twin = new Set<string>();
          for (const id of ids) {
            expect(seen.has(id)).toBe(twin.has(id));
            seen.add(id.toUpperCase());
            twin.add(id);
            expect(seen.size).toBe(twin.size);
          }
          for (const id of [...ids, ...others]) expect(seen.has(id)).toBe(twin.has(id));
        },
      ),
    );
  });

  it('stays exact while it grows', () => {
    const seen = new SeenIds(5);
    const id = (n: number) => `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;
    for (let n = 0; n < 50_000; n += 1) seen.add(id(n * 65_536));
    expect(seen.size).toBe(50_000);
    for (let n = 0; n < 50_000; n += 1) if (!seen.has(id(n * 65_536))) throw new Error(`lost ${n}`);
    for (let n = 0; n < 50_000; n += 1)
      if (seen.has(id(n * 65_536 + 1))) throw new Error(`made ${n}`);
  });
});

describe('ids that clients gave', () => {
  const make = (limit?: number) => new ClientIds(seededRandom(1), limit);
  const A = '019c9b2e-7a10-4d44-8a0f-53f1b1c0a001';
  const B = '019c9b2e-7a10-4d44-8a0f-53f1b1c0a002';

  it('are seen a second time, each by its own tenant only', () => {
    const ids = make();
    expect(ids.seen('acme-corp', A)).toBe(false);
    expect(ids.seen('acme-corp', A)).toBe(true);
    expect(ids.seen('globex', A)).toBe(false);
  });

  it('are remembered on the day they came and the next, then forgotten', () => {
    const ids = make();
    ids.seen('acme-corp', A);
    ids.nextDay();
    expect(ids.seen('acme-corp', A)).toBe(true);
    expect(ids.seen('acme-corp', B)).toBe(false);
    ids.nextDay();
    expect(ids.seen('acme-corp', B)).toBe(true);
    expect(ids.seen('acme-corp', A)).toBe(false);
  });

  it('past the limit are taken for new, and counted, until a day is forgotten', () => {
    const ids = make(2);
    ids.seen('acme-corp', A);
    ids.seen('globex', A);
    expect(ids.seen('acme-corp', B)).toBe(false);
    expect(ids.seen('acme-corp', B)).toBe(false);
    expect(ids.unchecked).toBe(2);
    expect(ids.seen('acme-corp', A)).toBe(true);
    ids.nextDay();
    ids.nextDay();
    expect(ids.seen('acme-corp', B)).toBe(false);
    expect(ids.seen('acme-corp', B)).toBe(true);
    expect(ids.unchecked).toBe(2);
  });

  it('can be read back into the day before', () => {
    const ids = make();
    ids.seen('acme-corp', A, 1);
    expect(ids.seen('acme-corp', A)).toBe(true);
    ids.nextDay();
    expect(ids.seen('acme-corp', A)).toBe(false);
  });
});
