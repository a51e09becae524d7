import { readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Product, tocsin, until } from './harness.ts';

const TENANT = 'acme-corp';

let product: Product;

beforeAll(async () => {
  product = await Product.start();
  await product.createTenant(TENANT);
});
afterAll(() => product?.discard());

/** A command of `tocsin api-key`, as JSON. */
async function apiKey(...args: string[]) {
  const more = ['--tenant', TENANT, '--home', product.home, '--json'];
  const { status, stdout, stderr } = await tocsin(['api-key', ...args, ...more]);
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return JSON.parse(stdout);
}

/** Sends a line through the gateway. */
async function throughGateway(key: string): Promise<number> {
  const headers = { 'x-api-key': key };
  return (await product.ask('POST', '/v1/ingest/raw', { bytes: 'a line', headers })).status;
}

/** Sends a line to the data process itself, past the gateway. */
function straight(key: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        socketPath: join(product.home, 'run', 'data.sock'),
        method: 'POST',
        path: '/v1/ingest/raw',
        headers: { authorization: `ApiKey ${key}` },
      },
      (answer) => {
        answer.resume();
        resolve(answer.statusCode ?? 0);
      },
    );
    sent.once('error', reject);
    sent.end('a line');
  });
}

it('an API key opens both processes until it is revoked, under load, and neither 5 s later', async () => {
  const made = await apiKey('create', 'shipper', '--scope', 'events:write');
  const rotated = await apiKey('rotate', made.key_id, '--overlap', '600');
  const keys = [made.api_key, rotated.api_key];
  const doors = [throughGateway, straight].flatMap((door) => keys.map((key) => () => door(key)));
  await until('both secrets open both processes', async () => {
    const statuses = await Promise.all(doors.map((door) => door()));
    return statuses.every((status) => status === 202);
  });

  let stop = false;
  let revokedAt = Number.POSITIVE_INFINITY;
  const late: number[] = [];
  let accepted = 0;
  const load = doors.map(async (door) => {
    while (!stop) {
      // Counted by when it was sent: what came in before may be answered later.
      const isLate = performance.now() - revokedAt >= 5_000;
      const status = await door();
      if (status === 202) accepted += 1;
      if (isLate) late.push(status);
    }
  });
  await sleep(500);
  await apiKey('revoke', made.key_id);
  revokedAt = performance.now();
  await until('some requests are late', () => late.length >= 200);
  stop = true;
  await Promise.all(load);
  expect(accepted).toBeGreaterThan(0);
  expect(new Set(late)).toEqual(new Set([401]));
});

it('an API key is in no log, and its pepper is a file of mode 0600', async () => {
  const made = await apiKey('create', 'quiet', '--scope', 'events:write');
  expect(await throughGateway(made.api_key)).toBe(202);
  expect(await throughGateway(made.api_key.replace(/.{6}$/, '000000'))).toBe(401);
  const secret = made.api_key.split('_')[3];
  expect(product.log.join('\n')).not.toContain(secret);
  const pepper = await readFile(join(product.home, 'keys', 'api-key.pepper'));
  expect(pepper).toHaveLength(32);
});
