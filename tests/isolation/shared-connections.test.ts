import { createConnection } from 'node:net';
import { seededRandom } from '@tocsin/kernel/random.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Belongings, settle } from './belongings.ts';
import { headersOf } from './callers.ts';
import { type House, openHouse } from './house.ts';

const TENANTS = 8;
const REQUESTS = 64;
const ROUNDS = 10;

let house: House;
let port: number;
const tenants: { belongings: Belongings; headers: Record<string, string> }[] = [];

beforeAll(async () => {
  house = await openHouse({ connectionsMax: 2 });
  port = await house.server.listen({ host: '127.0.0.1', port: 0 });
  for (let index = 0; index < TENANTS; index += 1) {
    const tenant = `tenant-${index}`;
    const belongings = await settle(house, tenant, `kanarie-${index}-${'abcdefgh'[index]}`);
    tenants.push({ belongings, headers: await headersOf(house.issuer, 'tenant_admin', tenant) });
  }
});
afterAll(() => house?.close());

interface Answer {
  readonly own: string;
  readonly text: string;
  readonly wasAborted: boolean;
}

/** One request over a connection of its own, which may be cut in the middle. */
function request(own: string, text: string, abortAfterMs: number | undefined): Promise<Answer> {
  return new Promise((resolve) => {
    const socket = createConnection({ port, host: '127.0.0.1' }, () => socket.write(text));
    let received = '';
    socket.on('data', (bytes) => {
      received += bytes.toString('latin1');
    });
    let wasAborted = false;
    socket.on('error', () => {
      wasAborted = true;
    });
    socket.on('close', () => resolve({ own, text: received, wasAborted }));
    if (abortAfterMs === undefined) return;
    setTimeout(() => {
      wasAborted = true;
      socket.destroy();
    }, abortAfterMs);
  });
}

function textOf(method: string, path: string, headers: Record<string, string>, body?: object) {
  const content = body === undefined ? '' : JSON.stringify(body);
  const lines = [
    `${method} ${path} HTTP/1.1`,
    'host: house',
    'connection: close',
    'if-match: *',
    `content-length: ${Buffer.byteLength(content)}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ];
  return `${lines.join('\r\n')}\r\n\r\n${content}`;
}

describe('64 requests of 8 tenants at once over 2 connections to PostgreSQL', () => {
  it('show each tenant its own and nothing else, though some are given up in the middle', async () => {
    const random = seededRandom(7);
    let whole = 0;
    let aborted = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const answers = await Promise.all(
        Array.from({ length: REQUESTS }, (_, index) => {
          const one = tenants[index % TENANTS];
          if (one === undefined) throw new Error('there is no such tenant');
          const { ids, tenant } = one.belongings;
          const [id = ''] = ids['case'] ?? [];
          const texts = [
            textOf('GET', '/v1/cases?limit=5', one.headers),
            textOf('GET', `/v1/cases/${id}`, one.headers),
            textOf('GET', '/v1/alerts?limit=5', one.headers),
            textOf('GET', '/v1/audit?limit=5', one.headers),
            textOf('PATCH', `/v1/cases/${id}`, one.headers, { title: `changed by ${tenant}` }),
          ];
          const text = texts[Math.floor(random.fraction() * texts.length)] ?? '';
          const cut = random.fraction() < 0.3 ? random.fraction() * 20 : undefined;
          return request(tenant, text, cut);
        }),
      );
      for (const { own, text, wasAborted } of answers) {
        if (wasAborted) aborted += 1;
        else {
          whole += 1;
          expect(text).toMatch(/^HTTP\/1\.1 200 /);
        }
        for (const { belongings } of tenants) {
          if (belongings.tenant === own) continue;
          expect(text).not.toContain(belongings.canary);
          expect(text).not.toContain(`"tenant_id":"${belongings.tenant}"`);
        }
      }
    }
    expect(whole).toBeGreaterThan(ROUNDS * REQUESTS * 0.5);
    expect(aborted).toBeGreaterThan(0);
  });

  it('leave both connections in order: every tenant still sees its own case', async () => {
    for (const { belongings, headers } of tenants) {
      const [id = ''] = belongings.ids['case'] ?? [];
      const answer = await house.server.app.inject({ url: `/v1/cases/${id}`, headers });
      expect(answer.json()).toMatchObject({ tenant_id: belongings.tenant });
    }
  });
});
