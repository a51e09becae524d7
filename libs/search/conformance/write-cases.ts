import { parseQuery } from '@tocsin/query/parse-query.ts';
import { expect } from 'vitest';
import { type Laboratory, otherTenant, type Specimen, tenant } from './laboratory.ts';
import type { SearchCase } from './search-case.ts';

const everything = parseQuery('*');

async function idsIn(laboratory: Laboratory, { store }: Specimen, owner = tenant) {
  const { items } = await store.search(owner, laboratory.request(everything));
  return items.map((item) => laboratory.idOf(item)).sort();
}

const OFFSETS: SearchCase = {
  name: 'an append at or below the applied offset of its source changes nothing',
  needs: 'writes',
  async run(laboratory) {
    const specimen = await laboratory.fresh();
    const { collection } = laboratory.subject;
    const append = (name: string, source: string, offset: number) =>
      specimen.store.append(tenant, collection, [laboratory.document(name, {})], {
        source,
        offset,
      });
    const ids = (...names: readonly string[]) =>
      names.map((name) => laboratory.idOf(laboratory.document(name, {}))).sort();
    await append('a', 's/0', 1);
    await append('b', 's/0', 3);
    await append('again', 's/0', 3);
    await append('late', 's/0', 2);
    await append('a', 's/0', 1);
    expect(await idsIn(laboratory, specimen)).toEqual(ids('a', 'b'));
    await append('c', 's/1', 1);
    expect(await idsIn(laboratory, specimen)).toEqual(ids('a', 'b', 'c'));
    await specimen.store.flush();
    expect(await specimen.store.applied('s/0')).toBe(3);
    expect(await specimen.store.applied('s/1')).toBe(1);
    expect(await specimen.store.applied('s/2')).toBe(0);
    await append('again', 's/0', 3);
    expect(await idsIn(laboratory, specimen)).toEqual(ids('a', 'b', 'c'));
  },
};

const REOPENED: SearchCase = {
  name: 'what was flushed is there with its offset after the store is opened again',
  needs: 'durability',
  async run(laboratory) {
    const first = await laboratory.fresh();
    const { collection } = laboratory.subject;
    const rows = ['a', 'b', 'c'].map((name) => laboratory.document(name, { tags: [name] }));
    await first.store.append(tenant, collection, rows, { source: 's/0', offset: 7 });
    await first.store.flush();
    const before = await first.store.search(tenant, laboratory.request(everything));
    await first.store.close();
    const second = await laboratory.at(first.place);
    expect(await second.store.applied('s/0')).toBe(7);
    const after = await second.store.search(tenant, laboratory.request(everything));
    expect(after.items).toEqual(before.items);
    expect(after.items).toHaveLength(3);
    await second.store.append(tenant, collection, rows, { source: 's/0', offset: 7 });
    expect(await idsIn(laboratory, second)).toHaveLength(3);
  },
};

const WHOLE: SearchCase = {
  name: 'a document comes back as it was stored',
  async run(laboratory) {
    const specimen = await laboratory.fresh();
    const seed =
      laboratory.subject.collection === 'events'
        ? {
            source: { system: 'linux', integration: 'linux-auth', host: 'web-01' },
            actor: { type: 'user', id: 'u', name: 'Élodie 😀', email: 'e@example.com' },
            target: { type: 'asset', id: 'h', name: 'web' },
            action: 'login',
            outcome: 'failure',
            src_ip: '10.0.0.1',
            dst_ip: '::1',
            message: "a 'b' \\ \n c",
            tags: ['x', 'y z'],
            attributes: JSON.parse(
              '{"n":1.5,"s":"\\u0007","l":[1,null],"o":{"__proto__":{"p":1}}}',
            ),
          }
        : {
            actor: { type: 'user', id: 'u', name: 'Élodie 😀' },
            tags: ['x', 'y z'],
            hosts: ['web'],
            src_ips: ['10.0.0.1'],
            assignee: 'ann',
            description: "a 'b' \\ \n c",
          };
    const document = laboratory.document('whole', seed);
    await specimen.load(tenant, [document]);
    const { items } = await specimen.store.search(tenant, laboratory.request(everything));
    expect(items).toHaveLength(1);
    expect(items[0]).toMatchObject(document);
    expect(JSON.stringify(items[0]?.attributes)).toBe(JSON.stringify(document.attributes));
  },
};

const EXPIRED: SearchCase = {
  name: "expiry removes one tenant's documents received before a time, and no others",
  needs: 'writes',
  async run(laboratory) {
    const specimen = await laboratory.fresh();
    const { collection } = laboratory.subject;
    const old = { ingested_at: '2025-12-01T00:00:00.000Z' };
    const recent = { ingested_at: '2025-12-03T00:00:00.000Z' };
    await specimen.load(tenant, [laboratory.document('old', old)]);
    await specimen.load(tenant, [laboratory.document('recent', recent)]);
    await specimen.load(otherTenant, [laboratory.document('other', old, otherTenant.tenantId)]);
    await specimen.store.flush();
    const receivedBefore = Date.UTC(2025, 11, 2);
    expect(await specimen.store.expire(tenant, { collection, receivedBefore })).toBe(1);
    expect(await idsIn(laboratory, specimen)).toEqual([
      laboratory.idOf(laboratory.document('recent', {})),
    ]);
    expect(await idsIn(laboratory, specimen, otherTenant)).toHaveLength(1);
    expect(await specimen.store.expire(tenant, { collection, receivedBefore })).toBe(0);
  },
};

/** What writing promises. */
export const WRITE_CASES: readonly SearchCase[] = [OFFSETS, REOPENED, WHOLE, EXPIRED];
