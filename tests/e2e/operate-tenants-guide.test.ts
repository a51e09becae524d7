import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Product, ROOT, tocsin, until } from './harness.ts';

const GUIDE = join(ROOT, 'docs/guides/operate-tenants.md');

/** The lines that the guide tells its reader to type, block by block; of fifty customers two are made. */
async function blocksOfGuide(): Promise<readonly string[]> {
  const text = await readFile(GUIDE, 'utf8');
  return [...text.matchAll(/^```sh\n(.*?)^```/gms)].map(([, block = '']) =>
    block.replace('$(seq -w 1 50)', '01 02'),
  );
}

describe('the guide for operators, line by line', () => {
  let product: Product;
  let folder: string;

  beforeAll(async () => {
    product = await Product.start();
    folder = await mkdtemp(join(tmpdir(), 'guide-'));
    // The reader's folder: its lines name the programs as the repository does, and their files stay here.
    for (const name of [
      'tocsin',
      'scripts/bootstrap/create-tenant',
      'scripts/bootstrap/list-tenants',
    ]) {
      const file = join(folder, name);
      await mkdir(join(file, '..'), { recursive: true });
      await writeFile(file, `#!/bin/sh\nexec '${join(ROOT, name)}' "$@"\n`);
      await chmod(file, 0o755);
    }
  });

  afterAll(async () => {
    await product.discard();
    await rm(folder, { recursive: true, force: true });
  });

  function run(script: string): Promise<{ status: number; said: string }> {
    const env = { ...process.env, TOCSIN_HOME: product.home };
    return new Promise((resolve) => {
      execFile('bash', ['-euc', script], { cwd: folder, env }, (error, stdout, stderr) => {
        const status = error === null ? 0 : Number(error.code ?? 1);
        resolve({ status, said: `${stdout}${stderr}` });
      });
    });
  }

  it('works as it stands, from the first tenant to the proof', { timeout: 300_000 }, async () => {
    const said: string[] = [];
    for (const block of await blocksOfGuide()) {
      const answer = await run(block);
      expect(answer, block).toMatchObject({ status: 0 });
      said.push(answer.said);
    }
    const all = said.join('\n');
    for (const expected of ['customer-02', 'suspended', 'deleting', 'ACME SOC', 'tenant.suspend']) {
      expect(all).toContain(expected);
    }
    expect(all.match(/^Intact: /gm)).toHaveLength(3);
  });

  it('ends with the deletion on record, as the newest line', async () => {
    const actions = await until('the deletion is done', async () => {
      const list = ['audit', 'list', '--platform', '--tenant', 'globex', '--json'];
      const { stdout } = await tocsin([...list, '--home', product.home]);
      const found = [...stdout.matchAll(/"action":\s*"([a-z._]+)"/g)].map(([, name]) => name);
      return found[0] === 'tenant.erase' ? found : undefined;
    });
    expect(actions).toEqual(['tenant.erase', 'tenant.delete', 'tenant.suspend', 'tenant.create']);
  });
});
