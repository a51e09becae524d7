import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import { describe, expect, it } from 'vitest';
import { Laboratory, otherTenant, tenant } from './conformance/laboratory.ts';
import { searchStoreCases } from './conformance.ts';
import { MemorySearchStore } from './memory/memory-search-store.ts';
import type { Document, HistogramRequest, SearchRequest, SearchStore } from './search-store.ts';

/** What the broken stores below begin from: each overrides one promise. */
class Store extends MemorySearchStore {}

class IgnoresTenant extends Store {
  override async search(_tenant: TenantContext, request: SearchRequest) {
    const mine = await super.search(tenant, request);
    const others = await super.search(otherTenant, { ...request });
    return { ...mine, items: [...mine.items, ...others.items] };
  }
}

class CountsAllTenants extends Store {
  override async histogram(_tenant: TenantContext, request: HistogramRequest) {
    return [
      ...(await super.histogram(tenant, request)),
      ...(await super.histogram(otherTenant, request)),
    ];
  }
}

class AppendsAgain extends Store {
  #offset = 1_000_000;
  override async append(...[owner, collection, rows, source]: Parameters<SearchStore['append']>) {
    this.#offset += 1;
    const again = { source: source.source, offset: this.#offset };
    await super.append(owner, collection, rows, again);
  }
}

class PagesByNumber extends Store {
  override async search(owner: TenantContext, request: SearchRequest) {
    const { cursor, ...whole } = request;
    const { items } = await super.search(owner, { ...whole, limit: 200 });
    const start = Number(cursor ?? 0);
    const end = start + request.limit;
    return {
      items: items.slice(start, end),
      nextCursor: end < items.length ? String(end) : undefined,
    };
  }
}

class IncludesEnd extends Store {
  override search(owner: TenantContext, request: SearchRequest) {
    const { from, to } = request.range;
    return super.search(owner, { ...request, range: { from, to: to + 1 } });
  }
}

class SwapsOrder extends Store {
  override search(owner: TenantContext, request: SearchRequest) {
    return super.search(owner, { ...request, order: 'newest' });
  }
}

class ForgetsOnExpiry extends Store {
  override async expire(...[owner, policy]: Parameters<SearchStore['expire']>) {
    await super.expire(otherTenant, policy);
    return super.expire(owner, policy);
  }
}

class LosesPrototype extends Store {
  override async append(...[owner, collection, rows, source]: Parameters<SearchStore['append']>) {
    const copy = (value: unknown): unknown => {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
      const plain: Record<string, unknown> = {};
      for (const [key, member] of Object.entries(value)) plain[key] = copy(member);
      return plain;
    };
    await super.append(
      owner,
      collection,
      rows.map((row) => copy(row) as Document),
      source,
    );
  }
}

const BROKEN: readonly [new (clock: never) => SearchStore, ...names: readonly RegExp[]][] = [
  [IgnoresTenant, /finds its own documents and no others/],
  [CountsAllTenants, /counts never include another tenant/],
  [AppendsAgain, /at or below the applied offset/],
  [PagesByNumber, /neither repeat nor skip/, /a cursor is refused/],
  [IncludesEnd, /excludes its end/],
  [SwapsOrder, /newest first or oldest first/],
  [ForgetsOnExpiry, /expiry removes one tenant/],
  [LosesPrototype, /attributes.__proto__.admin:yes/, /comes back as it was stored/],
];

describe('the conformance suite', () => {
  it.each(
    BROKEN.map(([Broken, ...names]) => ({ name: Broken.name, Broken, names })),
  )('fails the store that $name', async ({ Broken, names }) => {
    const laboratory = new Laboratory({
      name: Broken.name,
      collection: 'events',
      open: async ({ clock }) => new Broken(clock as never),
    });
    for (const name of names) {
      const searchCase = searchStoreCases('events').find((known) => name.test(known.name));
      expect(searchCase, String(name)).toBeDefined();
      await expect(searchCase?.run(laboratory), String(name)).rejects.toThrow();
    }
    await laboratory.close();
  });
});
