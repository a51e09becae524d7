import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Product, tocsin, until } from './harness.ts';

const CANARY = 'kanarienvogel-4d1e';

/** Files below a folder that hold a text. */
async function filesWith(folder: string, text: string): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    // What is unlinked meanwhile holds nothing.
    const bytes = await readFile(path).catch(() => Buffer.alloc(0));
    if (bytes.includes(text)) found.push(path.slice(folder.length + 1));
  }
  return found;
}

describe('a tenant that is suspended and deleted', () => {
  let product: Product;

  const run = (...args: string[]) => tocsin([...args, '--home', product.home]);
  const show = async () =>
    JSON.parse((await run('tenant', 'show', 'globex', '--json')).stdout) as {
      status: string;
      deletion: { step: string; removed: Record<string, number> } | null;
    };

  beforeAll(async () => {
    product = await Product.start();
    await product.createTenant('globex');
    const theirs = await product.as('globex');
    for (let failure = 0; failure < 12; failure += 1) {
      const body = { category: 'auth', outcome: 'failure', action: 'login', actor: { id: CANARY } };
      await theirs.post('/v1/ingest/events', body);
    }
    await until('there is a case', async () => {
      const { body } = await theirs.get('/v1/cases');
      return body.items.length > 0;
    });
  });

  afterAll(() => product.discard());

  it('is refused soon, in words, and its data is kept', async () => {
    const theirs = await product.as('globex');
    expect((await run('tenant', 'suspend', 'globex')).status).toBe(0);
    const refused = await until('the tenant is refused', async () => {
      const answer = await theirs.post('/v1/ingest/events', { category: 'auth' });
      return answer.status === 202 ? undefined : answer;
    });
    expect(refused).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    expect(refused.body.detail).toContain('is suspended');
    expect(await filesWith(product.home, CANARY)).not.toEqual([]);
  });

  it('leaves nothing in any file of the home but its id', async () => {
    expect((await run('tenant', 'delete', 'globex')).status).not.toBe(0);
    expect((await run('tenant', 'delete', 'globex', '--confirm', 'globex')).status).toBe(0);
    await until('the tenant is deleted', async () => (await show()).status === 'deleted');
    expect((await show()).deletion).toMatchObject({
      step: 'done',
      removed: { cases: 1, alerts: 1 },
    });
    expect(await filesWith(product.home, CANARY)).toEqual([]);
    const again = await run('tenant', 'create', 'globex');
    expect(again.stderr).toContain('never given twice');
  });

  it('is on record in a log that verifies', async () => {
    const { stdout } = await run('audit', 'list', '--platform', '--tenant', 'globex', '--json');
    const actions = (JSON.parse(stdout) as { items: { action: string }[] }).items.map(
      ({ action }) => action,
    );
    for (const action of ['create', 'suspend', 'delete', 'erase']) {
      expect(actions).toContain(`tenant.${action}`);
    }
    const verdict = await run('audit', 'verify', '--platform');
    expect(verdict.stdout).toMatch(/^Intact: \d+ rows/);
  });
});
