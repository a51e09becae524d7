import { execFileSync } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, type Caller, Product, tocsin } from './harness.ts';

const TENANT = 'acme-corp';
/** A secret of the shell that started the product, which it has no business with. */
const SHELL_SECRET = 'shell-Zk3vQ9xW2mT7pL4n';
/** Credentials that somebody puts where they do not belong. */
const MISPLACED = [
  // In parts, so that the scan of this repository finds none.
  `tcs_${'live'}_a1b2c3d4e5_Zk3vQ9xW2mT7pL4nB8cR5dY1_ab12cd`,
  `Bearer ${'Q9xW2mT7pL4nB8cR'.repeat(3)}`,
];

describe('secrets', () => {
  let product: Product;
  let analyst: Caller;
  /** Every secret of the installation, by the file it lies in. */
  const secrets = new Map<string, string>();
  const answers: Answer[] = [];

  beforeAll(async () => {
    product = await Product.start({
      environment: { AWS_SECRET_ACCESS_KEY: SHELL_SECRET, TOCSIN_LOG_LEVEL: 'debug' },
    });
    await product.createTenant(TENANT);
    analyst = await product.as(TENANT);
    for (const folder of ['keys', 'run']) await collect(join(product.home, folder));
    secrets.set('token', analyst.token.split('.')[2] ?? '');
    secrets.set('shell', SHELL_SECRET);
    await misuse();
  });
  afterAll(() => product?.discard());

  async function collect(folder: string): Promise<void> {
    const files = (await readdir(folder, { withFileTypes: true })).filter((one) => one.isFile());
    const isPublic = (name: string): boolean => /public|jwks/.test(name);
    const publicWords = new Set<string>();
    for (const { name } of files)
      if (isPublic(name))
        for (const word of await wordsOf(join(folder, name))) publicWords.add(word);
    for (const { name } of files) {
      if (isPublic(name)) continue;
      const words = await wordsOf(join(folder, name));
      for (const [index, word] of words.entries())
        if (!publicWords.has(word)) secrets.set(`${name} ${index}`, word);
      const bytes = await readFile(join(folder, name));
      if (bytes.length !== 32) continue;
      secrets.set(`${name} in hex`, bytes.toString('hex'));
      secrets.set(`${name} in base64`, bytes.toString('base64').slice(0, 42));
    }
  }

  /** What of a file is long enough to be a secret. */
  async function wordsOf(path: string): Promise<string[]> {
    const text = await readFile(path, 'utf8');
    return [...text.matchAll(/[A-Za-z0-9_+/-]{24,}/g)].map(([word]) => word);
  }

  /** Requests that carry credentials in every wrong place, so that whatever repeats its input repeats them. */
  async function misuse(): Promise<void> {
    for (const secret of [...MISPLACED, analyst.token]) {
      const inUrl = encodeURIComponent(secret);
      answers.push(
        await product.ask('GET', '/v1/cases', { token: `${secret}x`, tenant: TENANT }),
        await product.ask('GET', '/v1/cases', {
          headers: { authorization: `Basic ${btoa(secret)}` },
        }),
        await analyst.get(`/v1/cases/${inUrl}`),
        await analyst.get(`/v1/cases?token=${inUrl}`),
        await analyst.get(`/v1/nothing/${inUrl}`),
        await analyst.ask('POST', '/v1/ingest/events', { bytes: `{"token":"${secret}"` }),
        await analyst.ask('POST', '/v1/ingest/events', {
          body: { category: 'auth' },
          headers: { 'idempotency-key': secret, 'x-request-id': secret },
        }),
      );
    }
  }

  it('were found: those of keys, database and processes', () => {
    expect(secrets.size).toBeGreaterThanOrEqual(8);
    for (const secret of secrets.values()) expect(secret.length).toBeGreaterThan(15);
  });

  it('are in no line of the log, at the most talkative level', () => {
    const log = product.log.join('\n');
    expect(log.length).toBeGreaterThan(1_000);
    for (const [name, secret] of secrets) expect(log.includes(secret), name).toBe(false);
    for (const secret of MISPLACED) expect(log).not.toContain(secret.replace('Bearer ', ''));
  });

  it('of the installation are in no answer, measurement or status', async () => {
    const status = await tocsin(['status', '--json', '--home', product.home]);
    const told = [
      ...answers.map(({ text, headers }) => `${text}${JSON.stringify([...headers])}`),
      (await product.ask('GET', '/metrics')).text,
      (await product.ask('GET', '/ready')).text,
      (await product.ask('GET', '/openapi.json')).text,
      (await product.ask('GET', '/.well-known/jwks.json')).text,
      status.stdout,
      status.stderr,
      (await tocsin(['doctor', '--json', '--home', product.home])).stdout,
    ].join('\n');
    secrets.delete('token');
    for (const [name, secret] of secrets) expect(told.includes(secret), name).toBe(false);
  });

  it('are on no command line, and children get nothing of the shell', async () => {
    for (const { pid } of await product.parts()) {
      if (pid === undefined) continue;
      const line = execFileSync('cat', [`/proc/${pid}/cmdline`], { encoding: 'utf8' });
      for (const [name, secret] of secrets) expect(line.includes(secret), name).toBe(false);
      const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
      expect(environment).not.toContain(SHELL_SECRET);
    }
  });

  it('lie in files that only their owner opens', async () => {
    const { stat } = await import('node:fs/promises');
    for (const name of await readdir(join(product.home, 'keys'))) {
      const { mode } = await stat(join(product.home, 'keys', name));
      expect(mode & 0o077, name).toBe(0);
    }
  });
});
