import { execFile, execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, Product, until } from './harness.ts';

const TENANT = 'acme-corp';

describe('a user with curl', () => {
  let product: Product;
  let analyst: Caller;

  beforeAll(async () => {
    product = await Product.start();
    await product.createTenant(TENANT);
    analyst = await product.as(TENANT);
  });

  afterAll(() => product?.discard());

  /** The literal call of the plan: `-d` and no content type. Without a curl on the machine, fetch with none. */
  async function postByCurl(json: string): Promise<{ status: number; body: Receipt }> {
    if (!hasCurl()) {
      const bytes = Buffer.from(json);
      const { status, body } = await analyst.ask('POST', '/v1/ingest/events', { bytes });
      return { status, body };
    }
    const out = await curl([
      '-s',
      '-w',
      '\n%{http_code}',
      '-X',
      'POST',
      `http://localhost:${product.port}/v1/ingest/events`,
      '-H',
      `Authorization: Bearer ${analyst.token}`,
      '-H',
      `X-Tenant-ID: ${TENANT}`,
      '-d',
      json,
    ]);
    const at = out.lastIndexOf('\n');
    return { status: Number(out.slice(at + 1)), body: JSON.parse(out.slice(0, at)) };
  }

  it("has the plan's call accepted: no content type, no severity (A-040)", async () => {
    const json =
      '{"category":"auth","actor":{"id":"user123"},"attributes":{"failed_login_count":1}}';
    const { status, body } = await postByCurl(json);
    expect(status).toBe(202);
    expect(body).toMatchObject({ status: 'accepted', accepted: 1, refused: 0 });
    expect(body.event_id).toMatch(/^[0-9a-f-]{36}$/);
    const event = await until('the event is found', async () => {
      const answer = await analyst.get(`/v1/events/${body.event_id}`);
      return answer.status === 200 && answer.body;
    });
    expect(event).toMatchObject({
      tenant_id: TENANT,
      event_id: body.event_id,
      category: 'auth',
      severity: 0,
      actor: { id: 'user123' },
      attributes: { failed_login_count: 1 },
    });
  });

  it("has the README's call accepted (A-041)", async () => {
    const json = JSON.stringify({
      category: 'auth',
      severity: 5,
      outcome: 'failure',
      actor: { id: 'user124', name: 'john.doe' },
      attributes: { failed_login_count: 1, source_ip: '203.0.113.7' },
    });
    const { status, body } = await postByCurl(json);
    expect(status).toBe(202);
    expect(await analyst.settled(body.receipt)).toEqual({
      accepted: 1,
      stored: 1,
      duplicate: 0,
      dead_lettered: 0,
      parse_failed: 0,
      pending: 0,
    });
    const found = await analyst.get('/v1/events/search?q=actor.name:john.doe');
    expect(found.body.items).toHaveLength(1);
    expect(found.body.items[0]).toMatchObject({ severity: 5, outcome: 'failure' });
  });

  /** Ten failed logins from one address; gives their receipts. */
  async function guessPasswordOf(actor: string, source_ip: string): Promise<string[]> {
    const receipts: string[] = [];
    for (let number = 1; number <= 10; number += 1) {
      const { status, body } = await postByCurl(
        JSON.stringify({
          category: 'auth',
          severity: 5,
          outcome: 'failure',
          actor: { id: actor, name: actor },
          attributes: { failed_login_count: 1, source_ip },
        }),
      );
      expect(status).toBe(202);
      receipts.push(body.receipt);
    }
    return receipts;
  }

  it('sees the case of ten failed logins (A-099)', async () => {
    const receipts = await guessPasswordOf('mallory', '203.0.113.66');
    const opened = await until('the case is visible', async () => {
      const { items } = (await analyst.get('/v1/cases')).body;
      return items.length > 0 && items;
    });
    expect(opened).toHaveLength(1);
    expect(opened[0]).toMatchObject({ status: 'open', severity: 8 });
    const states = await Promise.all(receipts.map((receipt) => analyst.settled(receipt)));
    expect(states.reduce((sum, { stored }) => sum + stored, 0)).toBe(10);
  });

  it('finds alert, incident and case linked to each other (A-068, X-06, X-08, X-10)', async () => {
    const { items: alerts } = (await analyst.get('/v1/alerts')).body;
    expect(alerts).toHaveLength(1);
    expect(alerts[0]).toMatchObject({
      severity: 8,
      rule_name: 'failed_login_threshold',
      actor: { id: 'mallory' },
      event_count: 10,
    });
    const cases = (await analyst.get(`/v1/alerts/${alerts[0].alert_id}/cases`)).body.items;
    expect(cases).toHaveLength(1);
    const linked = (await analyst.get(`/v1/cases/${cases[0].id}/alerts`)).body.items;
    expect(linked).toHaveLength(1);
    const incident = await analyst.get(`/v1/incidents/${cases[0].incident_id}`);
    expect(incident.status).toBe(200);
    expect(incident.body.alert_count).toBe(1);
  });

  it('counts over time what it searches', async () => {
    expect(await analyst.count('actor.id:mallory')).toBe(10);
    const found = await analyst.all('/v1/events/search?q=actor.id:mallory');
    expect(new Set(found.map(({ event_id }) => event_id)).size).toBe(10);
    const bars = (await analyst.get('/v1/events/histogram?q=category:auth&by=actor.id')).body.items;
    expect(bars.length).toBeGreaterThanOrEqual(3);
  });

  it('is told where a query goes wrong', async () => {
    const answer = await analyst.get('/v1/events/search?q=category:auth%20and%20(');
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ code: 'invalid_query', position: 19 });
    expect(answer.body.detail).toContain('at character 20');
  });

  it('sees what waits in the queues (B-025)', async () => {
    const { status, body } = await analyst.get('/queue/health');
    expect(status).toBe(200);
    const topics = (body.queues as { topic: string }[]).map(({ topic }) => topic);
    expect(topics).toEqual(expect.arrayContaining(['raw.events', 'alerts.scored']));
    for (const { dead_letters } of body.queues) expect(dead_letters).toBe(0);
  });

  it('is told the state of each engine without a token (A-019)', async () => {
    const { status, body } = await product.ask('GET', '/ready');
    expect(status).toBe(200);
    const names = (body.checks as { name: string; status: string }[]).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['postgresql', 'bus', 'pipeline']));
    for (const check of body.checks) expect(check.status).not.toBe('fail');
    expect((await product.ask('GET', '/health')).body).toMatchObject({ status: 'ok' });
  });

  it('reads measurements of every process in one place (X-04)', async () => {
    const { status, text, headers } = await product.ask('GET', '/metrics');
    expect(status).toBe(200);
    expect(headers.get('content-type')).toMatch(/^text\/plain/);
    expect(text).toMatch(/^tocsin_http_requests_total\{.*operation="ingestEvents".*\} \d+/m);
    for (const process of ['data', 'control']) expect(text).toContain(`"${process}"`);
  });

  it('finds the public keys and the description of the API', async () => {
    const { body: jwks } = await product.ask('GET', '/.well-known/jwks.json');
    expect(jwks.keys).toHaveLength(1);
    expect(jwks.keys[0]).toMatchObject({ kty: 'EC', crv: 'P-256' });
    expect(jwks.keys[0]).not.toHaveProperty('d');
    const { body: api } = await product.ask('GET', '/openapi.json');
    expect(api.openapi).toMatch(/^3\.1/);
    for (const path of ['/v1/ingest/events', '/v1/ingest/raw', '/v1/cases', '/v1/alerts/{id}']) {
      expect(Object.keys(api.paths)).toContain(path);
    }
  });

  it('gets its request id and trace back, and a made-up one otherwise (B-007)', async () => {
    const own = await analyst.ask('GET', '/v1/cases', { headers: { 'x-request-id': 'my-id-1' } });
    expect(own.headers.get('x-request-id')).toBe('my-id-1');
    expect((await analyst.get('/v1/cases')).headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('sees a case within 5 s of the tenth answer (N-03)', async () => {
    const tookMs: number[] = [];
    // Other programs of the machine may take its time once or twice; the product must not need it.
    while (!tookMs.some((ms) => ms < 5_000) && tookMs.length < 3) {
      const before = (await analyst.all('/v1/cases')).length;
      // Another address, or it would be the same incident, and its case.
      await guessPasswordOf(`mallet-${tookMs.length}`, `198.51.100.${tookMs.length}`);
      const answeredAt = performance.now();
      await until('one more case is there', async () => {
        return (await analyst.all('/v1/cases')).length > before;
      });
      tookMs.push(performance.now() - answeredAt);
    }
    expect(Math.min(...tookMs)).toBeLessThan(5_000);
  });
});

interface Receipt {
  readonly receipt: string;
  readonly event_id: string;
}

function hasCurl(): boolean {
  try {
    execFileSync('curl', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function curl(args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile('curl', [...args], (error, stdout) => (error ? reject(error) : resolve(stdout)));
  });
}
