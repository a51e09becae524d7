import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, Product, until } from './harness.ts';

const RULE = {
  id: 'badge-refused',
  name: 'badge_refused',
  kind: 'threshold',
  title: 'A badge is refused again and again',
  description: '{group} was refused {count} times',
  severity: 4,
  category: 'ops',
  group_by: ['actor'],
  condition: { field: 'action', equals: 'badge_refused' },
  parameters: { threshold: 3, window_seconds: 300 },
  tags: ['own'],
};

describe('rules of a tenant on a running product (A-089 to A-091)', () => {
  let product: Product;
  let admin: Caller;
  let other: Caller;

  beforeAll(async () => {
    product = await Product.start();
    for (const tenant of ['acme-corp', 'globex']) await product.createTenant(tenant);
    admin = await product.as('acme-corp', 'tenant_admin');
    other = await product.as('globex', 'tenant_admin');
  });

  afterAll(() => product?.discard());

  /** Three events that the rule counts, of somebody new each time, once they are stored. */
  async function refuse(caller: Caller, who: string): Promise<void> {
    const event = { category: RULE.category, action: 'badge_refused', actor: { id: who } };
    const { body } = await caller.post('/v1/ingest/events', [event, event, event]);
    await caller.settled(body.receipt);
  }

  async function alertsOf(caller: Caller, who: string) {
    const { items } = (await caller.get('/v1/alerts?limit=200')).body;
    return items.filter(({ actor }: { actor?: { id: string } }) => actor?.id.startsWith(who));
  }

  const change = (caller: Caller, body: object) =>
    caller.ask('PATCH', `/v1/rules/${RULE.id}`, { body, headers: { 'if-match': '*' } });

  /** Sends such events of ever new people until one of them is alerted on so: how soon a change is seen. */
  function alerted(caller: Caller, name: string, severity: number) {
    let people = 0;
    return until('a rule takes effect', async () => {
      people += 1;
      await refuse(caller, `${name}-${people}`);
      const alerts = await alertsOf(caller, `${name}-`);
      return alerts.find((alert: { severity: number }) => alert.severity === severity);
    });
  }

  it('a rule is tried on what is stored, kept, made active, and fires without a restart', async () => {
    await refuse(admin, 'ann');
    const tried = await admin.post('/v1/rules/dry-run', { rule: RULE });
    expect(tried.body).toMatchObject({ scanned: 3, matched: 3, groups: 1 });
    expect((await admin.post('/v1/rules', RULE)).status).toBe(201);
    expect((await change(admin, { status: 'active' })).status).toBe(200);
    const alert = await alerted(admin, 'bob', 4);
    expect(alert).toMatchObject({ rule_name: RULE.name, tenant_id: 'acme-corp' });
    await refuse(other, 'eve');
    expect(await alertsOf(other, 'eve')).toEqual([]);
  });

  it('another severity is used within seconds, and after a restart of the data process', async () => {
    await change(admin, { severity: 7 });
    await alerted(admin, 'cid', 7);
    await product.kill('data');
    await until(
      'the pipeline is back',
      async () => (await product.ask('GET', '/ready')).status === 200,
    );
    await alerted(admin, 'dan', 7);
  });
});
