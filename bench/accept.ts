import { fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pool } from 'undici';
import { batches, canonicalEvents } from './inputs.ts';
import { AS_IN_THE_PRODUCT, calibrate, ownCpu } from './measure.ts';
import { sendAll } from './send.ts';

interface Started {
  readonly headers: Record<string, string>;
}

/**
 * Durable accept: ingest and bus alone in a process of their own (`accept-server.ts`), so that the cost is not mixed
 * with that of storing. Budget: CPU <= 3 times JSON.parse at batches of 100; 5,000 single requests a second.
 */
export async function measureAccept(batch: 1 | 100): Promise<void> {
  const lines = canonicalEvents(batch === 1 ? 40_000 : 400_000);
  const bodies = batches(lines, batch);
  const connections = batch === 1 ? 256 : 16;
  const folder = await mkdtemp(join(tmpdir(), 'tb-'));
  const server = fork(new URL('./accept-server.ts', import.meta.url), [folder], {
    execArgv: [...process.execArgv, ...AS_IN_THE_PRODUCT],
  });
  const { headers } = await new Promise<Started>((resolve) => server.once('message', resolve));
  const cpuOf = (): Promise<number> => {
    const answer = new Promise<number>((resolve) =>
      server.once('message', (cpu) => resolve(Number(cpu))),
    );
    server.send('cpu');
    return answer;
  };
  const pool = new Pool('http://data', { socketPath: join(folder, 'data.sock'), connections });
  await sendAll(
    pool,
    '/v1/ingest/events',
    headers,
    bodies.slice(0, bodies.length / 10),
    connections,
  );
  const calibrator = calibrate(lines.slice(0, 50_000));
  const [before, ownBefore] = [await cpuOf(), ownCpu()];
  const sent = await sendAll(pool, '/v1/ingest/events', headers, bodies, connections);
  const generator = (ownCpu() - ownBefore) / sent.events;
  const cpu = ((await cpuOf()) - before) / sent.events;
  const bytes = (bodies.reduce((sum, body) => sum + body.bytes.length, 0) / sent.events) | 0;
  console.log(
    JSON.stringify({
      what: `durable accept, canonical JSON, batches of ${batch}, ${connections} connections`,
      bytes_per_event: bytes,
      cpu_us_per_event: round(cpu),
      json_parse_us_per_event: round(calibrator),
      ratio: round(cpu / calibrator),
      events_per_second_wall: Math.round(sent.events / sent.seconds),
      requests_per_second_wall: Math.round(sent.requests / sent.seconds),
      refused: sent.refused,
      generator_us_per_event: round(generator),
    }),
  );
  await pool.close();
  server.kill('SIGTERM');
  await new Promise((resolve) => server.once('exit', resolve));
  await rm(folder, { recursive: true, force: true });
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
