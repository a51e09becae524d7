import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, type Caller, Product, until } from './harness.ts';

const OURS = 'acme-corp';
const THEIRS = 'globex';
/** In every text of theirs: actor, host, attributes, titles, comments. */
const CANARY = 'kanarienvogel-7f3a';
const ABSENT = '00000000-0000-4000-8000-000000000000';

/** Ids of what one tenant has. */
interface Belongings {
  readonly alert: string;
  readonly incident: string;
  readonly case: string;
  readonly event: string;
  readonly receipt: string;
  readonly cursors: Readonly<Record<string, string>>;
}

describe('two tenants on one product', () => {
  const answers: Answer[] = [];
  let product: Product;
  let us: Caller;
  let theirs: Belongings;
  let ours: Belongings;

  beforeAll(async () => {
    product = await Product.start();
    for (const tenant of [OURS, THEIRS]) await product.createTenant(tenant);
    us = await product.as(OURS);
    ours = await attack(us, 'ordinary');
    theirs = await attack(await product.as(THEIRS), CANARY);
  });

  afterAll(() => product?.discard());

  /** A request of ours, whose answer is searched for the canary at the end. */
  async function ask(method: string, path: string, body?: unknown): Promise<Answer> {
    const headers = { 'if-match': '*' };
    const answer = await us.ask(method, path, body === undefined ? { headers } : { body, headers });
    answers.push(answer);
    return answer;
  }

  it('answers 404 to every route on an object of theirs, as to one that is nowhere (X-09, A-031)', async () => {
    const routes = (ids: Belongings): [string, string, unknown?][] => [
      ['GET', `/v1/alerts/${ids.alert}`],
      ['PATCH', `/v1/alerts/${ids.alert}`, { status: 'acknowledged' }],
      ['GET', `/v1/alerts/${ids.alert}/cases`],
      ['GET', `/v1/incidents/${ids.incident}`],
      ['PATCH', `/v1/incidents/${ids.incident}`, { status: 'triaged' }],
      ['GET', `/v1/cases/${ids.case}`],
      ['PATCH', `/v1/cases/${ids.case}`, { title: 'taken over' }],
      ['PUT', `/v1/cases/${ids.case}`, { title: 'taken over' }],
      ['GET', `/v1/cases/${ids.case}/alerts`],
      ['POST', `/v1/cases/${ids.case}/alerts`, { alert_id: ours.alert }],
      ['GET', `/v1/cases/${ids.case}/comments`],
      ['POST', `/v1/cases/${ids.case}/comments`, { body: 'seen' }],
      ['GET', `/v1/cases/${ids.case}/timeline`],
      ['GET', `/v1/events/${ids.event}`],
      ['GET', `/v1/ingest/receipts/${ids.receipt}`],
    ];
    const nowhere: Belongings = {
      ...theirs,
      alert: ABSENT,
      incident: ABSENT,
      case: ABSENT,
      event: ABSENT,
      receipt: 'AAAA',
    };
    const absent = routes(nowhere);
    for (const [index, [method, path, body]] of routes(theirs).entries()) {
      const foreign = await ask(method, path, body);
      expect.soft(foreign.status, `${method} ${path}: ${foreign.text}`).toBe(404);
      const [, absentPath = '', absentBody] = absent[index] ?? [];
      const none = await ask(method, absentPath, absentBody);
      expect.soft(none.status).toBe(404);
      expect.soft(none.body.code).toBe(foreign.body.code);
    }
    for (const [method, path] of routes(ours).filter(([one]) => one === 'GET')) {
      expect.soft((await ask(method, path)).status, `our own ${path}`).toBe(200);
    }
  });

  it('takes no id of theirs in a body', async () => {
    const bodies: [string, unknown][] = [
      ['/v1/cases', { title: 'x', alert_ids: [theirs.alert] }],
      ['/v1/cases', { title: 'x', incident_id: theirs.incident }],
      [`/v1/cases/${ours.case}/alerts`, { alert_id: theirs.alert }],
      [`/v1/cases/${ours.case}/alerts`, { alert_ids: [ours.alert, theirs.alert] }],
    ];
    for (const [path, body] of bodies) {
      const { status, text } = await ask('POST', path, body);
      expect.soft([400, 404], `${path} ${text}`).toContain(status);
    }
    const { items } = (await ask('GET', `/v1/cases/${ours.case}/alerts`)).body;
    expect(items.map(({ alert_id }: { alert_id: string }) => alert_id)).toEqual([ours.alert]);
  });

  it('gives no row of theirs by a cursor of theirs', async () => {
    for (const [path, cursor] of Object.entries(theirs.cursors)) {
      const answer = await ask('GET', `${path}?limit=1&cursor=${encodeURIComponent(cursor)}`);
      expect.soft([200, 400, 404], path).toContain(answer.status);
      for (const item of answer.body.items ?? []) expect.soft(item.tenant_id).toBe(OURS);
    }
  });

  it('finds nothing of theirs by any search or filter', async () => {
    const queries = [
      '',
      CANARY,
      `*${CANARY}*`,
      `actor.name:${CANARY}`,
      `tenant_id:${THEIRS}`,
      `tenant_id:${OURS} or tenant_id:${THEIRS}`,
      `not tenant_id:${OURS}`,
      `event_id:${theirs.event}`,
      `attributes.note:${CANARY}`,
    ];
    for (const query of queries) {
      const q = encodeURIComponent(query);
      for (const path of ['/v1/events/search', '/v1/alerts']) {
        const { body } = await ask('GET', `${path}?limit=200&q=${q}`);
        for (const item of body.items ?? []) expect.soft(item.tenant_id).toBe(OURS);
      }
      await ask('POST', '/v1/events/search', { q: query, limit: 200 });
      for (const by of ['', '&by=actor.name', '&by=tenant_id', '&by=attributes.note']) {
        await ask('GET', `/v1/events/histogram?q=${q}${by}`);
      }
    }
    for (const path of ['/v1/cases', '/v1/incidents', '/v1/alerts', '/v1/rules', '/queue/health']) {
      await ask('GET', path);
    }
    for (const value of [CANARY, THEIRS]) await ask('GET', `/v1/cases?assigned_to=${value}`);
  });

  it('shows no tenant to a user of another', async () => {
    for (const [method, path] of [
      ['GET', '/v1/tenants'],
      ['GET', `/v1/tenants/${THEIRS}`],
      ['PATCH', `/v1/tenants/${THEIRS}`],
    ] as const) {
      const answer = await ask(method, path, method === 'PATCH' ? { name: 'x' } : undefined);
      expect([403, 404]).toContain(answer.status);
    }
  });

  it('keeps an event with an id of theirs apart: both tenants have one of that id', async () => {
    const reply = await ask('POST', '/v1/ingest/events', {
      category: 'ops',
      event_id: theirs.event,
      attributes: { note: 'ours' },
    });
    await us.settled(reply.body.receipt);
    const mine = await ask('GET', `/v1/events/${theirs.event}`);
    expect(mine.body).toMatchObject({ tenant_id: OURS, attributes: { note: 'ours' } });
    const their = await (await product.as(THEIRS)).get(`/v1/events/${theirs.event}`);
    expect(their.body).toMatchObject({ tenant_id: THEIRS, attributes: { note: CANARY } });
  });

  it('has left everything of theirs as it was', async () => {
    const them = await product.as(THEIRS);
    const found = (await them.get(`/v1/cases/${theirs.case}`)).body;
    expect(found).toMatchObject({ title: CANARY, version: 1 });
    expect((await them.get(`/v1/cases/${theirs.case}/comments`)).body.items).toHaveLength(1);
    expect((await them.get(`/v1/alerts/${theirs.alert}`)).body).toMatchObject({ status: 'new' });
  });

  it('has let no canary into any answer (X-09)', () => {
    expect(answers.length).toBeGreaterThan(80);
    for (const { text, headers } of answers) {
      // An answer may repeat what the request itself named in its path or query, and nothing more.
      const said = text.replaceAll(/"(instance|detail|message)":"(\\.|[^"\\])*"/g, '');
      expect.soft(said).not.toContain(CANARY);
      expect.soft(JSON.stringify([...headers])).not.toContain(CANARY);
    }
  });

  it('names no tenant and no canary in measurements of other tenants and in health', async () => {
    for (const path of ['/ready', '/health', '/metrics']) {
      expect((await product.ask('GET', path)).text).not.toContain(CANARY);
    }
  });
});

/** Makes an alert, an incident and a case with a word in all of them; gives their ids. */
async function attack(caller: Caller, word: string): Promise<Belongings> {
  const failed = Array.from({ length: 11 }, () => ({
    category: 'auth',
    outcome: 'failure',
    actor: { id: word, name: word },
    source: { system: 'sshd', host: `${word}-host` },
    attributes: { failed_login_count: 1, note: word },
  }));
  const { receipt } = (await caller.post('/v1/ingest/events', failed)).body;
  await caller.settled(receipt);
  const opened = await until('the case is there', async () => {
    const { items } = (await caller.get('/v1/cases')).body;
    return items[0];
  });
  const alert = (await caller.get('/v1/alerts')).body.items[0];
  const event = (await caller.get('/v1/events/search?limit=1')).body.items[0];
  const made = await caller.post('/v1/cases', { title: word, alert_ids: [alert.alert_id] });
  await caller.post(`/v1/cases/${made.body.id}/comments`, { body: word });
  const cursors: Record<string, string> = {};
  for (const path of ['/v1/events/search', '/v1/cases', '/v1/alerts', '/v1/incidents']) {
    const { next_cursor } = (await caller.get(`${path}?limit=1`)).body;
    if (next_cursor !== null) cursors[path] = next_cursor;
  }
  return {
    alert: alert.alert_id,
    incident: opened.incident_id,
    case: made.body.id,
    event: event.event_id,
    receipt,
    cursors,
  };
}
