import { parseArgs } from 'node:util';
import { percentile } from './measure.ts';
import { Product } from './product.ts';

/**
 * `node bench/fairness.ts [--seconds 20] [--rounds 2] [--port 18093]`: what four tenants within their quota feel of a
 * fifth that sends ten times its own. Quiet and noisy phases alternate in one run of the product, so that the ratios
 * hold on a machine that does other things too.
 */
const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '20' },
    rounds: { type: 'string', default: '2' },
    port: { type: 'string', default: '18093' },
  },
});

const QUOTA_EVENTS_PER_SECOND = 1_000;
const BATCH = 50;
const OTHERS = ['calm-0', 'calm-1', 'calm-2', 'calm-3'];
const NOISY = 'noisy';

const NOISE = Array.from({ length: BATCH }, (_, index) =>
  JSON.stringify({
    category: 'network',
    actor: { id: `host-${index}` },
    attributes: { note: 'x'.repeat(200) },
  }),
).join('\n');

type Pool = ReturnType<Product['pool']>;
type Headers = Record<string, string>;

interface Felt {
  readonly ingestMs: number[];
  readonly detectionMs: number[];
  readonly statuses: Map<number, number>;
}

const product = await Product.start(Number(values.port));
try {
  const pool = product.pool(64);
  await createTenant(NOISY, { ingest_events_per_second: QUOTA_EVENTS_PER_SECOND });
  for (const tenant of OTHERS) await createTenant(tenant, {});
  const quiet = nothingFelt();
  const noisy = nothingFelt();
  // Not counted: code that has not run yet is slow, and the first phase is a quiet one.
  await phase(pool, 1, nothingFelt(), 'w');
  for (let round = 0; round < Number(values.rounds); round += 1) {
    await phase(pool, 1, quiet, `q${round}`);
    await phase(pool, 10, noisy, `n${round}`);
  }
  const row = (what: string, of: (felt: Felt) => number[]) => {
    const [before, after] = [quiet, noisy].map((felt) => {
      const times = of(felt);
      return [0.5, 0.99].map((share) => Math.round(percentile(times, share)));
    });
    const ratio = (after?.[1] ?? 0) / (before?.[1] ?? 1);
    console.log(
      JSON.stringify({
        what: `${what} of the others, ms`,
        samples: of(quiet).length + of(noisy).length,
        quiet_p50_p99: before,
        noisy_p50_p99: after,
        p99_ratio: Number(ratio.toFixed(2)),
      }),
    );
  };
  row('ingest', ({ ingestMs }) => ingestMs);
  row('10th failed login answered to alert visible', ({ detectionMs }) => detectionMs);
  console.log(
    JSON.stringify({
      what: 'answers to the noisy tenant, by status',
      quiet: Object.fromEntries(quiet.statuses),
      noisy: Object.fromEntries(noisy.statuses),
    }),
  );
  await pool.close();
} finally {
  await product.stop();
}

function nothingFelt(): Felt {
  return { ingestMs: [], detectionMs: [], statuses: new Map() };
}

async function createTenant(tenant: string, quota: object): Promise<void> {
  const token = await product.command('token', '--role', 'platform_admin');
  const pool = product.pool(1);
  const answer = await pool.request({
    method: 'POST',
    path: '/v1/tenants',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      tenant_id: tenant,
      name: tenant,
      retention_days: 7,
      data_residency: 'us-east',
      quota,
    }),
  });
  if (answer.statusCode !== 201) throw new Error(await answer.body.text());
  await answer.body.dump();
  await pool.close();
}

/** One phase: everyone sends at a steady rate; the noisy tenant that times its quota. */
async function phase(pool: Pool, factor: number, felt: Felt, name: string): Promise<void> {
  const end = performance.now() + Number(values.seconds) * 1000;
  const noisyHeaders = await product.headers(NOISY);
  const noisyRate = (QUOTA_EVENTS_PER_SECOND / BATCH) * factor;
  const senders = [steadily(noisyRate, end, () => noise(pool, noisyHeaders, felt))];
  for (const tenant of OTHERS) {
    const headers = await product.headers(tenant);
    senders.push(steadily(10, end, () => calm(pool, headers, felt)));
    senders.push(steadily(1, end, (count) => detection(pool, headers, felt, `${name}-${count}`)));
  }
  await Promise.all(senders);
}

/** Starts work at a rate, whether or not earlier work is done: a slow answer does not slow the load down. */
async function steadily(
  perSecond: number,
  end: number,
  work: (count: number) => Promise<void>,
): Promise<void> {
  const running: Promise<void>[] = [];
  const started = performance.now();
  for (let count = 0; ; count += 1) {
    const due = started + (count * 1000) / perSecond;
    if (due > end) break;
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
    const one = work(count);
    // Looked at when the phase ends; until then it is not unhandled.
    one.catch(() => undefined);
    running.push(one);
  }
  await Promise.all(running);
}

async function noise(pool: Pool, headers: Headers, felt: Felt): Promise<void> {
  const status = await post(pool, headers, NOISE);
  felt.statuses.set(status, (felt.statuses.get(status) ?? 0) + 1);
}

async function calm(pool: Pool, headers: Headers, felt: Felt): Promise<void> {
  const sent = performance.now();
  const status = await post(pool, headers, NOISE.slice(0, NOISE.indexOf('\n')));
  if (status !== 202) throw new Error(`a calm tenant got ${status}`);
  felt.ingestMs.push(performance.now() - sent);
}

/** Ten failed logins of a new account, until their alert is listed. */
async function detection(pool: Pool, headers: Headers, felt: Felt, user: string): Promise<void> {
  const event = JSON.stringify({ category: 'auth', outcome: 'failure', actor: { id: user } });
  const status = await post(pool, headers, Array(10).fill(event).join('\n'));
  if (status !== 202) throw new Error(`a calm tenant got ${status}`);
  const answered = performance.now();
  while (!(await hasAlert(pool, headers, user))) {
    if (performance.now() - answered > 30_000) throw new Error('no alert within 30 s');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  felt.detectionMs.push(performance.now() - answered);
}

async function hasAlert(pool: Pool, headers: Headers, user: string): Promise<boolean> {
  const answer = await pool.request({ method: 'GET', path: '/v1/alerts?limit=20', headers });
  const text = await answer.body.text();
  if (answer.statusCode !== 200) throw new Error(text);
  return text.includes(`"${user}"`);
}

async function post(pool: Pool, headers: Headers, body: string): Promise<number> {
  const answer = await pool.request({ method: 'POST', path: '/v1/ingest/events', headers, body });
  await answer.body.dump();
  return answer.statusCode;
}
