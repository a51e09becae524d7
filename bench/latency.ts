import { setTimeout as sleep } from 'node:timers/promises';
import { percentile } from './measure.ts';
import { Product } from './product.ts';

const TENANTS = 4;
const ROUNDS_PER_TENANT = 40;
/** Before each attack, milliseconds: longer than batches of alerts are apart under a flood (`paced-handler.ts`), or none. */
const PAUSES = [300, 0];

/**
 * From the answer to the 10th failed login to the case in the case API (N-03), for attacks that come one by one and for
 * those without a pause, whose alerts are taken in batches. Budget: p95 under 1 s.
 * Several tenants, because a rule that opens more than 100 alerts a minute for one becomes a storm, as it should.
 */
export async function measureLatency(): Promise<void> {
  const product = await Product.start(18_091);
  try {
    const pool = product.pool(2);
    for (const pauseMs of PAUSES) {
      const times: number[] = [];
      for (let number = 0; number < TENANTS; number += 1) {
        const tenant = `pause-${pauseMs}-${number}`;
        await product.command('tenant', 'create', tenant);
        const headers = await product.headers(tenant);
        for (let round = 0; round < ROUNDS_PER_TENANT; round += 1) {
          await sleep(pauseMs);
          times.push(await oneRound(pool, headers, round));
        }
      }
      const [p50, p95, max] = [0.5, 0.95, 1].map((share) => Math.round(percentile(times, share)));
      const what = `10th failed login answered to case visible, ms; ${pauseMs} ms before each attack`;
      console.log(JSON.stringify({ what, rounds: times.length, p50, p95, max }));
    }
    await pool.close();
  } finally {
    await product.stop();
  }
}

type Connections = ReturnType<Product['pool']>;

/** Ten failed logins of one account; milliseconds until its case, the (round + 1)th of the tenant, is listed. */
async function oneRound(
  pool: Connections,
  headers: Record<string, string>,
  round: number,
): Promise<number> {
  const event = { category: 'auth', outcome: 'failure', actor: { id: `user-${round}` } };
  for (let attempt = 0; attempt < 10; attempt += 1) {
    const body = JSON.stringify(event);
    const answer = await pool.request({ method: 'POST', path: '/v1/ingest/events', headers, body });
    await answer.body.text();
  }
  const answered = performance.now();
  while (!(await hasCase(pool, headers, round))) {
    if (performance.now() - answered > 10_000) throw new Error('no case within 10 s');
  }
  return performance.now() - answered;
}

async function hasCase(
  pool: Connections,
  headers: Record<string, string>,
  number: number,
): Promise<boolean> {
  const path = `/v1/cases?limit=1&offset=${number}`;
  const answer = await pool.request({ method: 'GET', path, headers });
  const page = (await answer.body.json()) as { items: unknown[] };
  return page.items.length > 0;
}
