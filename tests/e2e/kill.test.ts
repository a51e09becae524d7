import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '@tocsin/http/testing/free-port.ts';
import { seededRandom } from '@tocsin/kernel/random.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { corpusFile, failedLogin, wrappedLines } from './feed.ts';
import { type Caller, freshHome, MAIN, Product, surroundings, until } from './harness.ts';

const TENANT = 'acme-corp';
/** Victims of password guessing, each an alert that must be there once. */
const VICTIMS = 20;
/** Failed logins of each, spread over the whole run. */
const TRIES = 12;
/** Lines a second while the product takes them. */
const LINES_PER_SECOND = 3_000;
/** So many lines must have gone out since the last kill before the next: a kill of what is still down tests nothing. */
const LINES_BETWEEN_KILLS = 1_500;
/** Parts killed between two kills of the supervisor, in random order; its waits grow with each kill of one part. */
const PARTS = ['data', 'control', 'postgres'] as const;
/** How often all of {@link PARTS} and then the supervisor are killed: `tests/torture` does it over and over. */
const ROUNDS = 1;

/** The same order and waits in each run; what they meet is left to the machine. */
const random = seededRandom(20_261_123);

describe(`random kill -9 while ${corpusFile() === undefined ? 'made up' : 'real'} lines come in`, () => {
  const killed: string[] = [];
  let product: Product;
  let analyst: Caller;
  let sent = 0;
  let summary: Summary;

  beforeAll(async () => {
    const home = await freshHome();
    const port = await freePort();
    product = await Product.start({ home, port });
    await product.createTenant(TENANT);
    analyst = await product.as(TENANT);
    const ingest = spawnIngest(product, analyst);
    const feeding = new AbortController();
    const fed = feed(ingest.child, feeding.signal);
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const part of shuffled(PARTS)) {
        await linesFlow();
        await until(`${part} is there to be killed`, () => product.kill(part));
        killed.push(part);
      }
      await linesFlow();
      await product.crash();
      killed.push('supervisor');
      product = await Product.start({ home, port });
    }
    feeding.abort();
    await fed;
    ingest.child.stdin?.end();
    summary = await ingest.summary;
    analyst = await product.as(TENANT);
  }, 180_000);

  afterAll(() => product?.discard());

  async function linesFlow(): Promise<void> {
    const before = sent;
    await until('lines flow', () => sent > before + LINES_BETWEEN_KILLS);
    await sleep(400 * random.fraction());
  }

  it('takes place in every process', () => {
    console.log(`killed: ${killed.join(', ')}; ${sent} lines; ${JSON.stringify(summary)}`);
    expect(new Set(killed)).toEqual(new Set(['data', 'control', 'postgres', 'supervisor']));
  });

  it('leaves every line accepted once: accepted = stored + duplicate + dead-lettered', () => {
    expect(summary).toMatchObject({ read: sent, accepted: sent, refused: 0, pending_requests: 0 });
    expect(summary.stored + summary.duplicate + summary.dead_lettered).toBe(sent);
    expect(summary.dead_lettered).toBe(0);
  });

  it('stores every line, and none twice', async () => {
    expect(await analyst.count()).toBe(sent);
    const ids = (await analyst.all('/v1/events/search?q=*')).map(({ event_id }) => event_id);
    expect(ids.length).toBe(sent);
    expect(new Set(ids).size).toBe(sent);
  });

  it('gives each alert once, counting each failed login once', async () => {
    const alerts = await analyst.all('/v1/alerts?q=actor.name:victim-*');
    const found = alerts
      .filter(({ rule_name }) => rule_name === 'failed_login_threshold')
      .map(({ actor, event_count }) => `${actor.name} ${event_count}`);
    const expected = Array.from({ length: VICTIMS }, (_, victim) => `victim-${victim} ${TRIES}`);
    expect(found.sort()).toEqual(expected.sort());
  });

  it('gives each alert one case', async () => {
    const alerts = await analyst.all('/v1/alerts?severity_min=8');
    for (const { alert_id } of alerts) {
      const cases = await analyst.all(`/v1/alerts/${alert_id}/cases`);
      expect(cases).toHaveLength(1);
    }
  });

  /** Writes lines at a steady rate until it is told to end, and all tries of all victims. */
  async function feed(ingest: ChildProcess, signal: AbortSignal): Promise<void> {
    const lines = wrappedLines();
    const tries = victimsTries();
    while (!signal.aborted || tries.length > 0) {
      const batch: string[] = [];
      // Spread over the kills; what is left when they are over comes at once.
      batch.push(...tries.splice(0, signal.aborted ? tries.length : 2));
      while (batch.length < LINES_PER_SECOND / 10) batch.push((await lines.next()).value);
      if (ingest.stdin?.write(`${batch.join('\n')}\n`) === false) await once(ingest.stdin, 'drain');
      sent += batch.length;
      await sleep(100);
    }
    await lines.return(undefined);
  }
});

/** All tries in turn. Their times are apart by the second, so that none falls out of the window of five minutes. */
function victimsTries(): string[] {
  const start = Date.now() - 60_000;
  return Array.from({ length: VICTIMS * TRIES }, (_, index) =>
    failedLogin(index % VICTIMS, start + Math.floor(index / VICTIMS) * 1_000),
  );
}

interface Summary {
  readonly read: number;
  readonly accepted: number;
  readonly refused: number;
  readonly stored: number;
  readonly duplicate: number;
  readonly dead_lettered: number;
}

/** `tocsin ingest - --wrapped`, as a user runs it, fed by standard input. */
function spawnIngest(product: Product, { token, tenant }: Caller) {
  const args = [MAIN, 'ingest', '-', '--wrapped', '--json', '--url', product.url];
  const child = spawn(process.execPath, [...args, '--tenant', tenant], {
    env: surroundings({ TOCSIN_TOKEN: token }),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let out = '';
  let errors = '';
  child.stdout.on('data', (bytes: Buffer) => {
    out += bytes.toString();
  });
  child.stderr.on('data', (bytes: Buffer) => {
    errors = (errors + bytes.toString()).slice(-4_000);
  });
  const summary = new Promise<Summary>((resolve, reject) => {
    child.once('close', (code) => {
      if (out === '') reject(new Error(`ingest ended with ${code}: ${errors}`));
      else resolve(JSON.parse(out));
    });
  });
  return { child, summary };
}

function shuffled<Value>(values: readonly Value[]): Value[] {
  const left = [...values];
  return values.map(() => left.splice(Math.floor(random.fraction() * left.length), 1)[0] as Value);
}
