import { join } from 'node:path';
import { type Body, mixedBodies } from './inputs.ts';
import { calibrate, ownCpu } from './measure.ts';
import { sizes } from './operate.ts';
import { growth, Product, total } from './product.ts';
import { RewrittenMix } from './rewrite.ts';
import { type Sent, sendAll } from './send.ts';

const LINES = 374_380;
const BODY_BYTES = 200_000;
const CONNECTIONS = 4;
/** The requests answered last: when their items are stored, so are all others. */
const LAST_RECEIPTS = 16;
const MEMORY_EVERY_MS = 1_000;

type Pool = ReturnType<Product['pool']>;

/** How much is sent. */
export interface StoredOptions {
  /** Lines of the mix; all by default. */
  readonly lines?: number;
  /** Sends the mix again, rewritten each time, for so many seconds; once by default. */
  readonly seconds?: number;
}

/**
 * Accepted to stored: the whole product takes all of the shared mix of real logs over HTTP, until the receipts say
 * stored and the cursor is at the end. CPU of all its processes as a multiple of JSON.parse of the same lines. Budget 10, goal 7.
 */
export async function measureStored(options: StoredOptions = {}): Promise<void> {
  const input = mixedBodies(options.lines ?? LINES, BODY_BYTES);
  if (input === undefined) {
    console.log('accepted to stored: not run, the corpus is absent (TOCSIN_CORPUS)');
    return;
  }
  const mix = options.seconds === undefined ? undefined : new RewrittenMix(input.bytes);
  const product = await Product.start(18_090);
  try {
    const headers = await product.headers();
    const calibrator = calibrate(input.sample);
    const pool = product.pool(CONNECTIONS);
    const [before, threadsBefore] = [product.cpu(), product.dataThreads()];
    const watch = watchMemory(product);
    const ownBefore = ownCpu();
    const started = performance.now();
    const sent = await sendPasses(pool, headers, input.bodies, mix, options.seconds ?? 0);
    const generator = (ownCpu() - ownBefore) / sent.events;
    await settle(pool, headers, sent.receipts.slice(-LAST_RECEIPTS));
    const seconds = (performance.now() - started) / 1000;
    await cursorAtEnd(pool, headers);
    const memory = product.memory();
    const most = watch();
    const used = growth(before, product.cpu());
    const threads = growth(threadsBefore, product.dataThreads());
    // Asking for all receipts costs more than storing: only now, when the cost is known.
    const counts = await settle(pool, headers, sent.receipts);
    const perEvent = total(used) / sent.events;
    console.log(
      JSON.stringify({
        what: `accepted to stored, mixed.jsonl.gz${mix === undefined ? '' : `, rewritten ${sent.passes} times`}, whole product through the gateway`,
        events: sent.events,
        ...counts,
        cpu_us_per_event: round(perEvent),
        json_parse_us_per_event: round(calibrator),
        ratio: round(perEvent / calibrator),
        share: perEventOf(used, sent.events),
        threads_of_data: perEventOf(threads, sent.events),
        accepted_per_second_wall: Math.round(sent.events / sent.seconds),
        stored_per_second_wall: Math.round(sent.events / seconds),
        refused: sent.refused,
        generator_us_per_event: round(generator),
        pss_mb: megabytes(memory),
        pss_mb_most: megabytes(most),
        bytes_on_disk_per_event: sizes(join(product.home, 'data'), sent.events),
      }),
    );
    await pool.close();
  } finally {
    await product.stop();
  }
}

/** Sends the bodies once, and then again and again, rewritten, until the time is over. */
async function sendPasses(
  pool: Pool,
  headers: Record<string, string>,
  bodies: readonly Body[],
  mix: RewrittenMix | undefined,
  seconds: number,
): Promise<Sent & { passes: number }> {
  const send = (): Promise<Sent> =>
    sendAll(pool, '/v1/ingest/raw?wrapped=true', headers, bodies, CONNECTIONS);
  let sent = { ...(await send()), passes: 1 };
  while (mix !== undefined && sent.seconds < seconds) {
    mix.next();
    const more = await send();
    sent = {
      requests: sent.requests + more.requests,
      events: sent.events + more.events,
      refused: sent.refused + more.refused,
      seconds: sent.seconds + more.seconds,
      receipts: [...sent.receipts, ...more.receipts],
      passes: sent.passes + 1,
    };
  }
  return sent;
}

/** The most memory all parts had together, and of what, from now until the returned function is called. */
function watchMemory(product: Product): () => Map<string, number> {
  let most = product.memory();
  const timer = setInterval(() => {
    const now = product.memory();
    if (total(now) > total(most)) most = now;
  }, MEMORY_EVERY_MS);
  return () => {
    clearInterval(timer);
    return most;
  };
}

/** Asks for receipts until none is pending, newest first: when the last is stored, the others are. */
async function settle(
  pool: Pool,
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
async function cursorAtEnd(pool: Pool, headers: Record<string, string>): Promise<void> {
  for (;;) {
    const answer = await pool.request({ method: 'GET', path: '/queue/health', headers });
    const { queues } = (await answer.body.json()) as {
      queues: { topic: string; frames: number }[];
    };
    if (queues.find(({ topic }) => topic === 'raw.events')?.frames === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

function perEventOf(parts: ReadonlyMap<string, number>, events: number): Record<string, number> {
  return Object.fromEntries([...parts].map(([part, cpu]) => [part, round(cpu / events)]));
}

function megabytes(parts: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries([...parts].map(([part, bytes]) => [part, Math.round(bytes / 1e6)]));
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
