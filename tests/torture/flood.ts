import { Pool } from 'undici';

/**
 * A sender without manners, in a process of its own: prebuilt bodies over 256 connections, the next as soon as the last
 * is answered. Arguments: address, tenant, seconds; the token is in TORTURE_TOKEN. Prints what became of its requests.
 */
const [url = '', tenant = '', seconds = '10'] = process.argv.slice(2);
const CONNECTIONS = 256;
const EVENTS = 200;
const token = process.env['TORTURE_TOKEN'] ?? '';
const headers = { authorization: `Bearer ${token}`, 'x-tenant-id': tenant };
const body = Buffer.from(
  Array.from({ length: EVENTS }, (_, index) =>
    JSON.stringify({
      category: 'network',
      source: { system: 'flood', integration: 'flood', host: `h-${index}` },
      attributes: { text: 'x'.repeat(800) },
    }),
  ).join('\n'),
);
const pool = new Pool(url, { connections: CONNECTIONS, headersTimeout: 60_000 });
const end = performance.now() + Number(seconds) * 1000;
const counts = { offered: 0, accepted: 0, refused: 0, without_retry_after: 0 };
const other: Record<string, number> = {};

async function send(): Promise<void> {
  while (performance.now() < end) {
    counts.offered += 1;
    try {
      const answer = await pool.request({
        method: 'POST',
        path: '/v1/ingest/events',
        headers,
        body,
      });
      await answer.body.dump();
      if (answer.statusCode === 202) counts.accepted += 1;
      else if (answer.statusCode === 429 || answer.statusCode === 503) {
        counts.refused += 1;
        if (answer.headers['retry-after'] === undefined) counts.without_retry_after += 1;
      } else other[answer.statusCode] = (other[answer.statusCode] ?? 0) + 1;
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
      other[code] = (other[code] ?? 0) + 1;
    }
  }
}

await Promise.all(Array.from({ length: CONNECTIONS }, send));
await pool.destroy();
console.log(JSON.stringify({ ...counts, other }));
