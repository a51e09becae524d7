import { percentile } from './measure.ts';
import { Product } from './product.ts';

const ROUNDS = 300;

/** From the answer to the 10th failed login to the case in the case API (N-03). Budget: p95 under 1 s. */
export async function measureLatency(): Promise<void> {
  const product = await Product.start(18_091);
  try {
    const headers = await product.headers();
    const pool = product.pool(2);
    const times: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const body = JSON.stringify({
        category: 'auth',
        outcome: 'failure',
        actor: { id: `user-${round}` },
      });
      for (let attempt = 0; attempt < 10; attempt += 1) {
        const answer = await pool.request({
          method: 'POST',
          path: '/v1/ingest/events',
          headers,
          body,
        });
        await answer.body.text();
      }
      const answered = performance.now();
      while ((await caseCount(pool, headers)) <= round) {
        if (performance.now() - answered > 10_000) throw new Error('no case within 10 s');
      }
      times.push(performance.now() - answered);
    }
    const [p50, p95, max] = [0.5, 0.95, 1].map((share) => Math.round(percentile(times, share)));
    console.log(
      JSON.stringify({
        what: '10th failed login answered to case visible, ms',
        rounds: ROUNDS,
        p50,
        p95,
        max,
      }),
    );
    await pool.close();
  } finally {
    await product.stop();
  }
}

/** Cases so far, counted by pages of the newest: one round makes one case. */
let known = 0;
async function caseCount(
  pool: ReturnType<Product['pool']>,
  headers: Record<string, string>,
): Promise<number> {
  const answer = await pool.request({
    method: 'GET',
    path: `/v1/cases?limit=1&offset=${known}`,
    headers,
  });
  const page = (await answer.body.json()) as { items: unknown[] };
  if (page.items.length > 0) known += 1;
  return known;
}
