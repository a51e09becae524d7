import { parseTenantId, type TenantId } from '@tocsin/kernel/tenant-id.ts';
import { describe, expect, it } from 'vitest';
import { FairQueue, QUANTUM_BYTES, type Supply } from './fair-queue.ts';

interface Item {
  readonly tenant: string;
  readonly bytes: number;
}

class ListSupply implements Supply<Item> {
  readonly tenantId: TenantId;
  readonly items: Item[];

  constructor(tenant: string, sizes: readonly number[]) {
    this.tenantId = parseTenantId(tenant);
    this.items = sizes.map((bytes) => ({ tenant, bytes }));
  }

  peek(): Item | undefined {
    return this.items[0];
  }

  take(): void {
    this.items.shift();
  }
}

function queueOf(...supplies: Supply<Item>[]): FairQueue<Item> {
  const queue = new FairQueue<Item>(({ bytes }) => bytes);
  for (const supply of supplies) queue.wake(supply);
  return queue;
}

function bytesOf(items: readonly Item[], tenant: string): number {
  return items.filter((item) => item.tenant === tenant).reduce((sum, { bytes }) => sum + bytes, 0);
}

describe('FairQueue', () => {
  it('gives tenants equal bytes, however large their items are', () => {
    const large = new ListSupply('large', Array<number>(100).fill(8 * QUANTUM_BYTES));
    const small = new ListSupply('small', Array<number>(100_000).fill(QUANTUM_BYTES / 16));
    const items = queueOf(large, small).take(160 * QUANTUM_BYTES);
    const difference = Math.abs(bytesOf(items, 'large') - bytesOf(items, 'small'));
    expect(difference).toBeLessThanOrEqual(9 * QUANTUM_BYTES);
  });

  it('goes on where it stopped when a batch is full', () => {
    const queue = queueOf(
      new ListSupply('aaa', Array<number>(10).fill(QUANTUM_BYTES)),
      new ListSupply('bbb', Array<number>(10).fill(QUANTUM_BYTES)),
    );
    const order = Array.from({ length: 6 }, () => queue.take(QUANTUM_BYTES)[0]?.tenant);
    expect(order).toEqual(['aaa', 'bbb', 'aaa', 'bbb', 'aaa', 'bbb']);
  });

  it('takes one item even if it is larger than the batch may be', () => {
    const queue = queueOf(new ListSupply('aaa', [1000, 1000]));
    expect(queue.take(10)).toHaveLength(1);
  });

  it('takes at most the given number of items', () => {
    const queue = queueOf(new ListSupply('aaa', [1, 1, 1, 1]));
    expect(queue.take(1000, 3)).toHaveLength(3);
    expect(queue.take(1000, 3)).toHaveLength(1);
    expect(queue.isEmpty).toBe(true);
  });

  it('serves the sources of one tenant in turn', () => {
    const first = new ListSupply('aaa', [1, 1, 1]);
    const second = new ListSupply('aaa', [2, 2, 2]);
    expect(
      queueOf(first, second)
        .take(1000)
        .map(({ bytes }) => bytes),
    ).toEqual([1, 2, 1, 2, 1, 2]);
  });

  it('gives again from a supply that ran dry and was woken', () => {
    const supply = new ListSupply('aaa', [1]);
    const queue = queueOf(supply);
    expect(queue.take(10)).toHaveLength(1);
    expect(queue.take(10)).toHaveLength(0);
    supply.items.push({ tenant: 'aaa', bytes: 1 });
    queue.wake(supply);
    expect(queue.take(10)).toHaveLength(1);
  });
});
