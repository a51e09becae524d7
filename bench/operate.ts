import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { mixedBodies } from './inputs.ts';
import { growth, Product, total } from './product.ts';
import { sendAll } from './send.ts';

const LINES = 100_000;
const BODY_BYTES = 200_000;
const CONNECTIONS = 4;
/** After a start, until what it leaves for later (tables of rules, compiled code) is done. */
const SETTLE_MS = 10_000;
const IDLE_MS = 20_000;

/**
 * What running costs apart from events: how long it takes to be ready, memory and CPU with nothing to do, bytes on
 * disk, and how long data needs to come back with frames on the bus that were accepted and not yet stored.
 */
export async function measureOperation(lines = LINES): Promise<void> {
  const started = performance.now();
  const product = await Product.start(18_091);
  const firstMs = performance.now() - started;
  try {
    await idle(product, firstMs);
    await recovery(product, lines);
  } finally {
    await product.stop();
  }
}

async function idle(product: Product, firstMs: number): Promise<void> {
  await sleep(SETTLE_MS);
  const before = product.cpu();
  await sleep(IDLE_MS);
  const used = total(growth(before, product.cpu()));
  const memory = product.memory();
  report({
    what: 'start of an empty home until it is ready and has a tenant; then nothing to do',
    start_ms: Math.round(firstMs),
    idle_cpu_percent_of_a_core: Math.round((used / (IDLE_MS * 1000)) * 1000) / 10,
    idle_pss_mb: Object.fromEntries(
      [...memory].map(([part, bytes]) => [part, Math.round(bytes / 1e6)]),
    ),
    idle_pss_mb_all: Math.round(total(memory) / 1e6),
  });
}

/** Sends, kills data with SIGKILL before all is stored, and measures until what was accepted is stored. */
async function recovery(product: Product, lines: number): Promise<void> {
  const input = mixedBodies(lines, BODY_BYTES);
  if (input === undefined) {
    console.log('recovery: not run, the corpus is absent (TOCSIN_CORPUS)');
    return;
  }
  const headers = await product.headers();
  const pool = product.pool(CONNECTIONS);
  const path = '/v1/ingest/raw?wrapped=true';
  const sent = await sendAll(pool, path, headers, input.bodies, CONNECTIONS);
  const waiting = (await framesWaiting(pool, headers)) ?? 0;
  const killed = performance.now();
  product.killData();
  const acceptsMs = await until(killed, async () => {
    const answer = await pool.request({ method: 'POST', path, headers, body: '{"raw":"back"}' });
    await answer.body.dump();
    return answer.statusCode === 202;
  });
  const caughtUpMs = await until(killed, async () => (await framesWaiting(pool, headers)) === 0);
  const bytes =
    (input.bodies.reduce((sum, body) => sum + body.bytes.length, 0) * waiting) /
    Math.max(1, sent.requests);
  report({
    what: 'data killed by SIGKILL with frames accepted and not stored',
    events_sent: sent.events,
    accepts_again_ms: Math.round(acceptsMs),
    frames_waiting: waiting,
    megabytes_waiting: Math.round(bytes / 1e6),
    all_stored_ms: Math.round(caughtUpMs),
    seconds_per_gb_waiting: bytes === 0 ? undefined : Math.round(caughtUpMs / (bytes / 1e9) / 1000),
    cpu_ms_of_data_since_its_start: Math.round((product.cpu().get('data') ?? 0) / 1000),
    bytes_on_disk_per_event: sizes(join(product.home, 'data'), sent.events),
  });
  await pool.close();
}

async function until(since: number, done: () => Promise<boolean>): Promise<number> {
  for (;;) {
    try {
      if (await done()) return performance.now() - since;
    } catch {
      // The process that answers is not there yet.
    }
    await sleep(100);
  }
}

async function framesWaiting(
  pool: ReturnType<Product['pool']>,
  headers: Record<string, string>,
): Promise<number | undefined> {
  const answer = await pool.request({ method: 'GET', path: '/queue/health', headers });
  const { queues } = (await answer.body.json()) as { queues?: { topic: string; frames: number }[] };
  return queues?.find(({ topic }) => topic === 'raw.events')?.frames;
}

/** Bytes an event of each part of the data on disk: bus (kept for hours), events, objects (the raw archive). */
export function sizes(folder: string, events: number): Record<string, number> {
  const size = (path: string): number =>
    readdirSync(path, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
  return Object.fromEntries(
    readdirSync(folder).map((name) => [name, Math.round(size(join(folder, name)) / events)]),
  );
}

function report(facts: Record<string, unknown>): void {
  console.log(JSON.stringify(facts));
}
