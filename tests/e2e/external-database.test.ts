import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@tocsin/http/testing/free-port.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLog } from '../../libs/database/log.ts';
import { type PostgresServer, startPostgres } from '../../libs/database/server/start-postgres.ts';
import { freshHome, Product, until } from './harness.ts';

const TENANT = 'acme-corp';

describe('a PostgreSQL that somebody else runs (TOCSIN_DATABASE_URL)', () => {
  let server: PostgresServer;
  let folder = '';
  let product: Product;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tp-'));
    await chmod(folder, 0o711);
    server = await startPostgres({
      folder: join(folder, 'pg'),
      engineFolder: join(folder, 'engine'),
      log: silentLog,
      fsync: false,
    });
    const home = await freshHome();
    product = await Product.start({
      home,
      port: await freePort(),
      environment: { TOCSIN_DATABASE_URL: server.url },
    });
    await product.createTenant(TENANT);
  });

  afterAll(async () => {
    await product?.discard();
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('takes the place of the bundled one: no part, no folder', async () => {
    const names = (await product.parts()).map(({ name }) => name);
    expect(names).toEqual(['data', 'control']);
    expect(existsSync(join(product.home, 'postgres'))).toBe(false);
  });

  it('holds alerts and cases from the first event on', async () => {
    const analyst = await product.as(TENANT);
    const failed = Array.from({ length: 10 }, () => ({
      category: 'auth',
      outcome: 'failure',
      actor: { id: 'mallory' },
    }));
    expect((await analyst.post('/v1/ingest/events', failed)).status).toBe(202);
    await until('the case is there', async () => {
      const { items } = (await analyst.get('/v1/cases')).body;
      return items.length === 1;
    });
  });

  it('is not stopped with the product, and keeps what it holds', async () => {
    const { home, port } = product;
    expect(await product.stop()).toBe(0);
    product = await Product.start({ home, port, environment: { TOCSIN_DATABASE_URL: server.url } });
    const analyst = await product.as(TENANT);
    expect((await analyst.get('/v1/cases')).body.items).toHaveLength(1);
  });

  it('shows its password in no line of the log', () => {
    const { password } = new URL(server.url);
    expect(password.length).toBeGreaterThan(8);
    expect(product.log.join('\n')).not.toContain(password);
  });
});
