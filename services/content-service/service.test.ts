import type { Role } from '@tocsin/auth/role.ts';
import { RULE_PACK } from '@tocsin/content/rule-pack.ts';
import { type TestServer, testServer } from '@tocsin/http/testing/test-server.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createContentService } from './service.ts';

const [first] = RULE_PACK;
const many = ['b', 'a', 'd', 'c'].flatMap((id) =>
  first === undefined ? [] : [{ ...first, id, tags: id < 'c' ? ['early'] : ['late'] }],
);

let shipped: TestServer;
let own: TestServer;
beforeAll(async () => {
  shipped = await testServer(createContentService().routes);
  own = await testServer(createContentService({ rules: many }).routes);
});
afterAll(async () => {
  await shipped.server.close();
  await own.server.close();
});

async function get(http: TestServer, url: string, role: Role = 'soc_analyst') {
  return http.server.app.inject({ method: 'GET', url, headers: await http.headers({ role }) });
}

const idsOf = (page: { items: { id: string }[] }) => page.items.map((item) => item.id);

describe('rules', () => {
  it('are listed as shipped, each with what people need to know of it', async () => {
    const answer = await get(shipped, '/v1/rules?limit=200');
    expect(answer.statusCode).toBe(200);
    expect(idsOf(answer.json())).toEqual(RULE_PACK.map((rule) => rule.id).sort());
    for (const item of answer.json().items) {
      expect(item).toMatchObject({
        id: expect.any(String),
        name: expect.any(String),
        version: expect.any(Number),
        kind: expect.any(String),
        severity: expect.any(Number),
        description: expect.any(String),
        tags: expect.any(Array),
        enabled: true,
      });
    }
  });

  it('are read in full by id', async () => {
    const answer = await get(shipped, `/v1/rules/${first?.id}`);
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['etag']).toBe(`"${first?.version}"`);
    expect(answer.json()).toMatchObject({
      id: first?.id,
      condition: first?.condition,
      parameters: first?.parameters,
    });
  });

  it('are listed by id in pages, and filtered', async () => {
    const page = (await get(own, '/v1/rules?limit=3')).json();
    expect(idsOf(page)).toEqual(['a', 'b', 'c']);
    const rest = (await get(own, `/v1/rules?limit=3&cursor=${page.next_cursor}`)).json();
    expect(rest).toMatchObject({ items: [{ id: 'd' }], next_cursor: null });
    expect(idsOf((await get(own, '/v1/rules?tag=late')).json())).toEqual(['c', 'd']);
    expect(idsOf((await get(own, '/v1/rules?kind=no_such_kind')).json())).toEqual([]);
  });

  it('are absent as 404, and a wrong cursor or member is 400', async () => {
    expect((await get(shipped, '/v1/rules/no-such-rule')).statusCode).toBe(404);
    expect((await get(shipped, '/v1/rules/__proto__')).statusCode).toBe(404);
    expect((await get(shipped, '/v1/rules?cursor=zzz')).json().code).toBe('invalid_cursor');
    expect((await get(shipped, '/v1/rules?colour=red')).statusCode).toBe(400);
  });

  it('are closed to platform administrators and to callers without a token', async () => {
    expect((await get(shipped, '/v1/rules', 'platform_admin')).statusCode).toBe(403);
    const anonymous = await shipped.server.app.inject({ method: 'GET', url: '/v1/rules' });
    expect(anonymous.statusCode).toBe(401);
  });
});
