import { rm } from 'node:fs/promises';
import { freePort } from '@tocsin/http/testing/free-port.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  findProcess,
  isAlive,
  type ProcessIdentity,
} from '../../apps/tocsin/supervisor/process-identity.ts';
import { freshHome, Product, tocsin, until } from './harness.ts';

const TENANT = 'acme-corp';

describe('a supervisor that is killed', () => {
  let home = '';
  let port = 0;
  let product: Product;
  let children: ProcessIdentity[];

  beforeAll(async () => {
    home = await freshHome();
    port = await freePort();
    product = await Product.start({ home, port });
    await product.createTenant(TENANT);
    const analyst = await product.as(TENANT);
    const { receipt } = (await analyst.post('/v1/ingest/events', { category: 'ops' })).body;
    await analyst.settled(receipt);
    const parts = (await product.parts()).filter(({ name }) => name !== 'postgres');
    children = parts.flatMap(({ pid = 0 }) => findProcess(pid) ?? []);
    expect(children).toHaveLength(2);
    await product.crash();
  });

  afterAll(async () => {
    await product?.stop();
    await rm(home, { recursive: true, force: true });
  });

  it('leaves no process of its own that writes', async () => {
    await until('both are gone', () => !children.some(isAlive));
  });

  it('is not said to run any more', async () => {
    const { status, stdout } = await tocsin(['status', '--home', home, '--json']);
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ running: false });
  });

  it('is followed by a start that takes the home over, with all that was stored', async () => {
    product = await Product.start({ home, port });
    const analyst = await product.as(TENANT);
    expect(await analyst.count()).toBe(1);
    const { receipt } = (await analyst.post('/v1/ingest/events', { category: 'ops' })).body;
    await analyst.settled(receipt);
    expect(await analyst.count()).toBe(2);
    const { state } = await product.part('postgres');
    expect(state).toBe('ready');
  });

  it('lets no second supervisor on the same home', async () => {
    const { status, stderr, stdout } = await tocsin(['up', '--home', home, '--port', '0']);
    expect(status).toBe(1);
    expect(stderr + stdout).toContain('already runs');
    expect((await product.ask('GET', '/health')).status).toBe(200);
  });

  it('stops by `tocsin down`, without anything left behind', async () => {
    const parts = await product.parts();
    const all = parts.flatMap(({ pid = 0 }) => findProcess(pid) ?? []);
    expect(all).toHaveLength(3);
    const { status, stdout } = await tocsin(['down', '--home', home, '--json']);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ stopped: true });
    await until('all are gone', () => !all.some(isAlive));
    expect(await product.stop()).toBe(0);
  });
});
