import type { Pool } from 'undici';
import type { Body } from './inputs.ts';

/** What a sending did. */
export interface Sent {
  readonly requests: number;
  readonly events: number;
  readonly refused: number;
  readonly seconds: number;
  /** Receipt of each accepted request, in order of the answers. */
  readonly receipts: readonly string[];
}

/** Sends all bodies over some connections, each one request after the other; 429 and 503 wait and try again. */
export async function sendAll(
  pool: Pool,
  path: string,
  headers: Record<string, string>,
  bodies: readonly Body[],
  connections: number,
): Promise<Sent> {
  let next = 0;
  let refused = 0;
  let events = 0;
  const receipts: string[] = [];
  const started = performance.now();
  const sender = async (): Promise<void> => {
    for (let body = bodies[next++]; body !== undefined; body = bodies[next++]) {
      for (;;) {
        const answer = await pool.request({ method: 'POST', path, headers, body: body.bytes });
        const text = await answer.body.text();
        if (answer.statusCode === 202) {
          receipts.push((JSON.parse(text) as { receipt: string }).receipt);
          events += body.count;
          break;
        }
        if (answer.statusCode !== 429 && answer.statusCode !== 503)
          throw new Error(`${answer.statusCode} ${text}`);
        refused += 1;
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    }
  };
  await Promise.all(Array.from({ length: connections }, sender));
  return {
    requests: bodies.length,
    events,
    refused,
    seconds: (performance.now() - started) / 1000,
    receipts,
  };
}
