import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { mixedBodies } from './inputs.ts';
import { calibrate, ownCpu } from './measure.ts';
import { growth, Product, total } from './product.ts';
import { sendAll } from './send.ts';

const LINES = 374_380;
const BODY_BYTES = 200_000;
const CONNECTIONS = 4;
/** The requests answered last: when their items are stored, so are all others. */
const LAST_RECEIPTS = 16;

/**
 * Accepted to stored: the whole product takes all of the shared mix of real logs over HTTP, until the receipts say
 * stored and the cursor is at the end. CPU of all its processes as a multiple of JSON.parse of the same lines. Budget 10, goal 7.
 */
export async function measureStored(): Promise<void> {
  const input = mixedBodies(LINES, BODY_BYTES);
  if (input === undefined) {
    console.log('accepted to stored: not run, the corpus is absent (TOCSIN_CORPUS)');
    return;
  }
  const product = await Product.start(18_090);
  try {
    const headers = await product.headers();
    const calibrator = calibrate(input.sample);
    const pool = product.pool(CONNECTIONS);
    const before = product.cpu();
    const ownBefore = ownCpu();
    const started = performance.now();
    const sent = await sendAll(
      pool,
      '/v1/ingest/raw?wrapped=true',
      headers,
      input.bodies,
      CONNECTIONS,
    );
    const generator = (ownCpu() - ownBefore) / sent.events;
    await settle(pool, headers, sent.receipts.slice(-LAST_RECEIPTS));
    const seconds = (performance.now() - started) / 1000;
    await cursorAtEnd(pool, headers);
    const memory = product.memory();
    const used = growth(before, product.cpu());
    // Asking for all receipts costs more than storing: only now, when the cost is known.
    const counts = await settle(pool, headers, sent.receipts);
    const perEvent = total(used) / sent.events;
    console.log(
      JSON.stringify({
        what: 'accepted to stored, mixed.jsonl.gz, whole product through the gateway',
        events: sent.events,
        ...counts,
        cpu_us_per_event: round(perEvent),
        json_parse_us_per_event: round(calibrator),
        ratio: round(perEvent / calibrator),
        share: Object.fromEntries([...used].map(([part, cpu]) => [part, round(cpu / sent.events)])),
        accepted_per_second_wall: Math.round(sent.events / sent.seconds),
        stored_per_second_wall: Math.round(sent.events / seconds),
        refused: sent.refused,
        generator_us_per_event: round(generator),
        pss_mb: Object.fromEntries(
          [...memory].map(([part, bytes]) => [part, Math.round(bytes / 1e6)]),
        ),
        bytes_on_disk_per_event: sizes(join(product.home, 'data'), sent.events),
      }),
    );
    await pool.close();
  } finally {
    await product.stop();
  }
}

/** Asks for receipts until none is pending, newest first: when the last is stored, the others are. */
async function settle(
  pool: ReturnType<Product['pool']>,
  headers: Record<string, string>,
  receipts: readonly string[],
): Promise<Record<string, number>> {
  const sums: Record<string, number> = {
    stored: 0,
    duplicate: 0,
    dead_lettered: 0,
    parse_failed: 0,
  };
  for (const receipt of receipts.toReversed()) {
    for (;;) {
      const answer = await pool.request({
        method: 'GET',
        path: `/v1/ingest/receipts/${receipt}`,
        headers,
      });
      const state = (await answer.body.json()) as Record<string, number>;
      if (state['pending'] === 0) {
        for (const name of Object.keys(sums)) sums[name] = (sums[name] ?? 0) + (state[name] ?? 0);
        break;
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  return sums;
}

/** Waits until nothing of the input waits any more: the last barrier is over, all is durable in its place. */
async function cursorAtEnd(
  pool: ReturnType<Product['pool']>,
  headers: Record<string, string>,
): Promise<void> {
  for (;;) {
    const answer = await pool.request({ method: 'GET', path: '/queue/health', headers });
    const { queues } = (await answer.body.json()) as {
      queues: { topic: string; frames: number }[];
    };
    if (queues.find(({ topic }) => topic === 'raw.events')?.frames === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

function sizes(folder: string, events: number): Record<string, number> {
  const size = (path: string): number =>
    readdirSync(path, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
  return Object.fromEntries(
    readdirSync(folder).map((name) => [name, Math.round(size(join(folder, name)) / events)]),
  );
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
