import { createHmac } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { OpenedBus } from '@tocsin/bus/conformance/bus-case.ts';
import { openLmdbTestBus } from '@tocsin/bus/testing/open-test-bus.ts';
import { sampleFrame } from '@tocsin/bus/testing/sample-frame.ts';
import {
  openTestDatabase,
  type TestDatabase,
  testTenant,
} from '@tocsin/database/testing/test-database.ts';
import type { FindAddresses } from '@tocsin/http/call-outside.ts';
import { outsideAddresses } from '@tocsin/http/outside-address.ts';
import { type TestServer, testServer } from '@tocsin/http/testing/test-server.ts';
import { parseTenantId } from '@tocsin/kernel/tenant-id.ts';
import { systemWorld } from '@tocsin/kernel/world.ts';
import { Metrics } from '@tocsin/telemetry/metrics.ts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { keepNotification, trimNotifications } from './records.ts';
import { createNotificationService } from './service.ts';

const TOPIC = 'secplat.events.notify';
const HOOK = '/v1/notifications/webhook';

let db: TestDatabase;
let opened: OpenedBus;
let api: TestServer;
let receiver: Server;
let port: number;
let service: ReturnType<typeof createNotificationService>;
/** What the receiver got, and what it answers next; 200 when nothing is left. */
let got: { headers: Record<string, unknown>; body: string }[];
let answers: number[];
let names: Record<string, string>;

const find: FindAddresses = (host, found) => {
  const address = names[host];
  if (address === undefined) found(new Error('unknown host'), []);
  else found(null, [{ address, family: 4 }]);
};

beforeAll(async () => {
  db = await openTestDatabase();
});
afterAll(async () => {
  await db.drop();
});
beforeEach(async () => {
  got = [];
  answers = [];
  names = {};
  receiver = createServer((request, response) => {
    let body = '';
    request.on('data', (part) => (body += part));
    request.on('end', () => {
      got.push({ headers: request.headers, body });
      response.writeHead(answers.shift() ?? 200, { location: 'http://127.0.0.1/' }).end('thanks');
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  port = (receiver.address() as AddressInfo).port;
  for (const tenant of ['acme-corp', 'other-corp']) {
    await db.database.inTenant(testTenant(tenant), async (tx) => {
      await tx.deleteFrom('notifications').execute();
      await tx.deleteFrom('notification_webhooks').execute();
    });
  }
  opened = await openLmdbTestBus({});
  service = createNotificationService({
    database: db.database,
    world: { ...systemWorld(), clock: opened.clock },
    metrics: new Metrics('test'),
    secrets: (tenant, id) => createHmac('sha256', 'a key').update(`${tenant} ${id}`).digest(),
    addresses: outsideAddresses(['127.0.0.1']),
    findAddresses: find,
  });
  api = await testServer(service.routes);
});
afterEach(async () => {
  await opened.dispose();
  receiver.closeAllConnections();
  receiver.close();
  await api.server.close();
});

interface Caller {
  readonly tenant?: string;
  readonly role?: 'tenant_admin' | 'soc_analyst' | 'auditor';
}

async function call(
  method: 'GET' | 'PUT' | 'DELETE',
  url: string,
  payload?: object,
  caller: Caller = {},
) {
  const headers = await api.headers({ role: 'tenant_admin', ...caller });
  const asked = { method, url, headers, ...(payload === undefined ? {} : { payload }) };
  const answer = await api.server.app.inject(asked);
  return { status: answer.statusCode, body: answer.body === '' ? undefined : answer.json() };
}

const url = (path = '/hook?key=very-secret') => `http://127.0.0.1:${port}${path}`;
const list = async (caller: Caller = {}) =>
  (await call('GET', '/v1/notifications', undefined, caller)).body.items;

function message(number: number, tenant = 'acme-corp', more: object = {}) {
  const body = {
    event_id: `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
    event_type: 'alert.triggered',
    ts: '2026-06-01T12:00:00.000Z',
    tenant_id: tenant,
    severity: 'high',
    payload: { title: `Alert ${number}`, alert_id: 'a' },
    ...more,
  };
  return sampleFrame([JSON.stringify(body)], {
    topic: TOPIC,
    contentType: 'application/x-ndjson',
    tenantId: parseTenantId(tenant),
  });
}

const work = async () => {
  const [{ topic, group, handler, options }] = service.workers;
  return opened.bus.consumeWork(topic, group, handler, options);
};
/** Lets time go on until it is so: retries wait. */
const eventually = (what: () => Promise<boolean>, stepMs = 50) =>
  expect
    .poll(
      async () => {
        await opened.clock.advance(stepMs);
        return what();
      },
      { interval: 5 },
    )
    .toBe(true);
const parked = () => opened.bus.deadLetters(TOPIC, 'notify').list(parseTenantId('acme-corp'), 10);

describe('a message of the notify topic (B-018, B-023)', () => {
  it('is kept once for its tenant, however often it comes, and leaves the queue', async () => {
    await work();
    await opened.bus.publish([message(1), message(1), message(2), message(3, 'other-corp')]);
    await eventually(async () => (await list()).length === 2);
    await eventually(async () => {
      const { tenants } = await opened.bus.depth(TOPIC, 'notify');
      return tenants.every((one) => one.frames === 0);
    });
    expect((await list()).map((one: { title: string }) => one.title).sort()).toEqual([
      'Alert 1',
      'Alert 2',
    ]);
    expect(await list({ tenant: 'other-corp' })).toMatchObject([
      { title: 'Alert 3', delivery: 'none' },
    ]);
    expect(got).toEqual([]);
  });

  it('is parked at once when it cannot be read, or names another tenant than its frame', async () => {
    await work();
    const foreign = message(5, 'acme-corp', { tenant_id: 'other-corp' });
    const broken = sampleFrame(['{'], {
      topic: TOPIC,
      contentType: 'application/x-ndjson',
      tenantId: parseTenantId('acme-corp'),
    });
    await opened.bus.publish([foreign, broken, message(6)]);
    await eventually(async () => (await parked()).length === 2);
    await eventually(async () => (await list()).length === 1);
  });

  it('is listed newest first in pages, and only so many are kept', async () => {
    const tenant = testTenant();
    await db.database.inTenant(tenant, async (tx) => {
      for (let index = 0; index < 5; index += 1) {
        const at = new Date(Date.UTC(2026, 0, 1) + index);
        await keepNotification(tx, {
          tenant_id: tenant.tenantId,
          notification_id: `00000000-0000-4000-8000-00000000000${index}`,
          event_type: 'alert.triggered',
          severity: 'high',
          title: String(index),
          payload: '{}',
          occurred_at: at,
          received_at: at,
          delivery: 'none',
        });
      }
    });
    const first = await call('GET', '/v1/notifications?limit=2');
    const next = await call('GET', `/v1/notifications?limit=2&cursor=${first.body.next_cursor}`);
    const titles = [...first.body.items, ...next.body.items].map((one) => one.title);
    expect(titles).toEqual(['4', '3', '2', '1']);
    await db.database.inTenant(tenant, (tx) => trimNotifications(tx, tenant, 2));
    expect((await list()).map((one: { title: string }) => one.title)).toEqual(['4', '3']);
  });
});

describe('a webhook', () => {
  it('gets each message, signed with a secret that is shown once', async () => {
    const set = await call('PUT', HOOK, { url: url() });
    expect(set).toMatchObject({ status: 200, body: { url: `http://127.0.0.1:${port}/***` } });
    const shown = (await call('GET', HOOK)).body;
    expect(shown).not.toHaveProperty('secret');
    await work();
    await opened.bus.publish([message(1)]);
    await eventually(async () => got.length === 1);
    const [{ headers, body } = { headers: {}, body: '' }] = got;
    expect(JSON.parse(body)).toMatchObject({
      type: 'alert.triggered',
      tenant_id: 'acme-corp',
      title: 'Alert 1',
      data: { alert_id: 'a' },
    });
    const key = Buffer.from(set.body.secret.replace('whsec_', ''), 'base64');
    const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
    const expected = createHmac('sha256', key).update(signed).digest('base64');
    expect(headers['webhook-signature']).toBe(`v1,${expected}`);
    expect(headers['webhook-id']).toBe('00000000-0000-4000-8000-000000000001');
    await eventually(async () => (await list())[0].delivery === 'delivered');
  });

  it('is called again after a failure that passes, under the same id, and never after it has the message', async () => {
    await call('PUT', HOOK, { url: url() });
    answers = [503, 429];
    await work();
    await opened.bus.publish([message(1)]);
    await eventually(async () => (await list())[0]?.delivery === 'delivered');
    expect(got).toHaveLength(3);
    expect(new Set(got.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    await opened.bus.publish([message(1)]);
    await eventually(async () =>
      (await opened.bus.depth(TOPIC, 'notify')).tenants.every((one) => one.frames === 0),
    );
    expect(got).toHaveLength(3);
  });

  it.each([
    400, 404, 302,
  ])('that answers %i is not asked again: the message is parked and can be sent again', async (status) => {
    await call('PUT', HOOK, { url: url() });
    answers = [status];
    await work();
    await opened.bus.publish([message(1)]);
    await eventually(async () => (await parked()).length === 1);
    expect(got).toHaveLength(1);
    const failed = { delivery: 'failed', last_error: `the webhook answered ${status}` };
    expect((await list())[0]).toMatchObject(failed);
    const [letter] = await parked();
    await opened.clock.advance(3000);
    await opened.bus
      .deadLetters(TOPIC, 'notify')
      .redrive(parseTenantId('acme-corp'), letter?.id ?? '');
    await eventually(async () => (await list())[0].delivery === 'delivered');
  });

  it('that stays away leaves the message parked after ten attempts, and the others served (B-022)', async () => {
    await call('PUT', HOOK, { url: url() });
    answers = Array(20).fill(500);
    await work();
    await opened.bus.publish([message(1), message(2, 'other-corp')]);
    await eventually(async () => (await list({ tenant: 'other-corp' })).length === 1);
    await eventually(async () => (await parked()).length === 1, 5000);
    // More than ten only when time, which runs fast here, ends a lease under way.
    expect((await parked())[0]?.attempts).toBeGreaterThanOrEqual(10);
    expect((await list())[0]).toMatchObject({ delivery: 'failed' });
  });

  it('gets the message from another worker when the first dies over it (B-024)', async () => {
    await call('PUT', HOOK, { url: url() });
    let end = (): void => undefined;
    const dead = new Promise<void>((resolve) => {
      end = resolve;
    });
    await opened.bus.consumeWork(TOPIC, 'notify', () => dead, { leaseMs: 5000 });
    await opened.bus.publish([message(1)]);
    await opened.clock.advance(10);
    await work();
    await eventually(async () => got.length === 1, 500);
    end();
  });

  it('is called for the types it asks for, and not while it is off', async () => {
    await call('PUT', HOOK, { url: url(), event_types: ['case.opened'] });
    await work();
    await opened.bus.publish([message(1), message(2, 'acme-corp', { event_type: 'case.opened' })]);
    await eventually(async () => got.length === 1);
    expect(JSON.parse(got[0]?.body ?? '').type).toBe('case.opened');
    await call('PUT', HOOK, { url: url(), enabled: false });
    await opened.bus.publish([message(3, 'acme-corp', { event_type: 'case.opened' })]);
    await eventually(async () => (await list()).length === 3);
    expect(got.map(({ body }) => JSON.parse(body).title)).toEqual(['Alert 2']);
  });

  it('is signed with the former secret too for a day after a new one', async () => {
    const first = await call('PUT', HOOK, { url: url() });
    const second = await call('PUT', HOOK, { url: url(), new_secret: true });
    expect(second.body.secret).not.toBe(first.body.secret);
    expect((await call('PUT', HOOK, { url: url() })).body.secret).toBeNull();
    await work();
    await opened.bus.publish([message(1)]);
    await eventually(async () => got.length === 1);
    expect(String(got[0]?.headers['webhook-signature']).split(' ')).toHaveLength(2);
    await opened.clock.advance(86_400_000);
    await opened.bus.publish([message(2)]);
    await eventually(async () => got.length === 2);
    expect(String(got[1]?.headers['webhook-signature']).split(' ')).toHaveLength(1);
  });

  it('leaves a row in the audit log without what its path may hide, and is gone after its removal', async () => {
    const as = { tenant: 'audited-inc' };
    await call('PUT', HOOK, { url: url() }, as);
    expect((await call('DELETE', HOOK, undefined, as)).status).toBe(204);
    expect((await call('GET', HOOK, undefined, as)).status).toBe(404);
    expect((await call('DELETE', HOOK, undefined, as)).status).toBe(404);
    const rows = await db.database.inTenant(testTenant('audited-inc'), (tx) =>
      tx.selectFrom('audit_log').selectAll().orderBy('at').execute(),
    );
    expect(rows.map((row) => row.action)).toEqual(['webhook.set', 'webhook.remove']);
    expect(JSON.stringify(rows)).not.toContain('very-secret');
  });

  it('is set by an administrator of the tenant only, and never seen by another tenant', async () => {
    for (const role of ['soc_analyst', 'auditor'] as const) {
      expect((await call('PUT', HOOK, { url: url() }, { role })).status).toBe(403);
    }
    await call('PUT', HOOK, { url: url() });
    expect((await call('GET', HOOK, undefined, { tenant: 'other-corp' })).status).toBe(404);
    expect((await call('GET', HOOK, undefined, { role: 'auditor' })).status).toBe(200);
  });
});

describe('where a webhook may be', () => {
  it.each([
    ...['ftp://example.com/', 'javascript:1', 'nonsense', 'https://user:pw@example.com/'],
    ...['https://10.0.0.1/', 'https://[::1]/', 'https://127.1.1.1/', 'https://0x0a000001/'],
    ...['http://8.8.8.8/', 'https://169.254.169.254/latest', 'https://[::ffff:10.0.0.1]/'],
  ])('is not %s', async (bad) => {
    const answer = await call('PUT', HOOK, { url: bad });
    expect(answer.status).toBe(400);
    expect(answer.body.errors[0].pointer).toBe('/url');
  });

  it.each([
    ['rebound.example', '10.0.0.1', 'not an address of the public internet'],
    ['plain.example', '93.184.216.34', 'https'],
  ])('is judged by the address that %s leads to when it is called', async (host, address, why) => {
    names[host] = address;
    expect((await call('PUT', HOOK, { url: `http://${host}/` })).status).toBe(200);
    await work();
    await opened.bus.publish([message(1)]);
    await eventually(async () => (await parked()).length === 1);
    expect((await list())[0].last_error).toContain(why);
  });

  it('may be a name that leads to an allowed network', async () => {
    names['inside.example'] = '127.0.0.1';
    await call('PUT', HOOK, { url: `http://inside.example:${port}/` });
    await work();
    await opened.bus.publish([message(1)]);
    await eventually(async () => got.length === 1);
  });
});
