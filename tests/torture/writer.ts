import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import { VICTIM_EVENTS } from './check.ts';
import { type Group, groupName, type Ledger, type Outcome, type SourceKind } from './ledger.ts';

const KINDS: readonly SourceKind[] = ['keyed', 'ids', 'plain'];
const BATCH = 100;
/** Enough that the rate is offered although an answer takes a second. */
export const SOURCES = 60;
/** Every so many batches of a source whose events are stored exactly once, someone is attacked; less often at a high rate. */
const VICTIM_EVERY_MIN = 40;
/** Past 100 alerts of a rule a minute the product makes one of the rest: here each victim is to have its own. */
const VICTIMS_PER_MINUTE_MAX = 80;
const ANSWER_MS_MAX = 20_000;
/** Wait after a request that was not acknowledged. */
const AGAIN_MS = 100;
/** Errors of a connection that was never made: nothing was sent. */
const NOT_CONNECTED = new Set(['ECONNREFUSED', 'UND_ERR_CONNECT_TIMEOUT']);

export interface WriterOptions {
  readonly url: string;
  readonly tenant: string;
  readonly token: string;
  /** For a product whose clock jumps: a token that is valid now, when the one before is refused. */
  readonly renew?: (() => Promise<string>) | undefined;
  readonly ledger: Ledger;
  readonly eventsPerSecond: number;
  /** Number of the first of its sources, which write side by side, each one request after the other. */
  readonly firstSource: number;
}

/** Sends events at a rate and keeps the ledger. A request is sent again until it is acknowledged. */
export class Writer {
  readonly #options: WriterOptions;
  readonly #pool: Pool;
  readonly #running: Promise<void>[];
  readonly #started = performance.now();
  readonly #run = Math.random().toString(36).slice(2, 8);
  readonly #victimEvery: number;
  #stopping = false;
  #token: string;

  constructor(options: WriterOptions) {
    this.#options = options;
    this.#token = options.token;
    const batchesPerMinute = (60 * options.eventsPerSecond) / BATCH;
    this.#victimEvery = Math.max(
      VICTIM_EVERY_MIN,
      Math.ceil((batchesPerMinute * 2) / 3 / VICTIMS_PER_MINUTE_MAX),
    );
    this.#pool = new Pool(options.url, {
      connections: SOURCES,
      headersTimeout: ANSWER_MS_MAX,
      bodyTimeout: ANSWER_MS_MAX,
    });
    this.#running = Array.from({ length: SOURCES }, (_, source) =>
      this.#source(options.firstSource + source),
    );
  }

  /** Ends when every source has its last request acknowledged. The product must be up. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await Promise.all(this.#running);
    await this.#pool.close();
  }

  async #source(source: number): Promise<void> {
    const kind = KINDS[source % KINDS.length] ?? 'plain';
    const everyMs = (1000 * BATCH * SOURCES) / this.#options.eventsPerSecond;
    await sleep((everyMs * (source % SOURCES)) / SOURCES);
    for (let batch = 0; !this.#stopping; batch += 1) {
      const began = performance.now();
      await this.#send(kind, source, batch);
      await sleep(Math.max(0, began + everyMs - performance.now()));
    }
  }

  async #send(kind: SourceKind, source: number, batch: number): Promise<void> {
    const { ledger } = this.#options;
    const attacked = kind !== 'plain' && batch % this.#victimEvery === source % this.#victimEvery;
    const victim = attacked ? `victim-${source}-${batch}` : '';
    const at = new Date().toISOString();
    for (let tries = 0; ; tries += 1) {
      const attempt = kind === 'plain' ? tries : 0;
      const group = ledger.open({ kind, source, batch, attempt, size: BATCH, victim });
      // Byte for byte the same at each try: a key stands for one request.
      const { outcome, why } = await this.#try(group, bodyOf(group, at));
      ledger.close(group, outcome, why, performance.now() - this.#started);
      if (outcome === 'acknowledged') return;
      await sleep(AGAIN_MS);
    }
  }

  async #try(group: Group, body: Buffer): Promise<{ outcome: Outcome; why: string }> {
    const { tenant, renew } = this.#options;
    const headers: Record<string, string> = {
      authorization: `Bearer ${this.#token}`,
      'x-tenant-id': tenant,
    };
    if (group.kind === 'keyed')
      headers['idempotency-key'] = `${this.#run}-${group.source}-${group.batch}`;
    try {
      const answer = await this.#pool.request({
        method: 'POST',
        path: '/v1/ingest/events',
        headers,
        body,
      });
      const text = await answer.body.text();
      if (answer.statusCode !== 401 || renew === undefined)
        return outcomeOf(answer.statusCode, text);
      this.#token = await renew();
      return { outcome: 'refused', why: '401' };
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
      return { outcome: NOT_CONNECTED.has(code) ? 'refused' : 'unknown', why: code };
    }
  }
}

/** 429 and 503 promise that nothing was taken; 502 and 504 say that nobody knows. */
function outcomeOf(status: number, text: string): { outcome: Outcome; why: string } {
  if (status === 202) {
    const { accepted } = JSON.parse(text) as { accepted: number };
    if (accepted !== BATCH) throw new Error(`${accepted} of ${BATCH} events were accepted`);
    return { outcome: 'acknowledged', why: '202' };
  }
  if (status === 429 || status === 503) return { outcome: 'refused', why: String(status) };
  if (status >= 500) return { outcome: 'unknown', why: String(status) };
  throw new Error(`the product answered ${status}: ${text}`);
}

function bodyOf(group: Group, at: string): Buffer {
  const name = groupName(group.source, group.batch, group.attempt);
  const lines = Array.from({ length: group.size }, (_, index) => {
    const marker = `${name}/${index}`;
    return JSON.stringify({
      ...(group.kind === 'ids' ? { event_id: idOf(marker) } : {}),
      timestamp: at,
      source: { system: 'torture', integration: 'torture', host: `source-${group.source}` },
      target: { type: 'asset', id: marker },
      ...whatHappened(group.victim, index),
      attributes: { payload: payloadOf(marker), ...failedCount(group.victim, index) },
    });
  });
  return Buffer.from(lines.join('\n'));
}

function whatHappened(victim: string, index: number): object {
  if (victim === '' || index >= VICTIM_EVENTS) return { category: 'network', action: 'torture' };
  return { category: 'auth', outcome: 'failure', actor: { id: victim, name: victim } };
}

function failedCount(victim: string, index: number): object {
  return victim === '' || index >= VICTIM_EVENTS ? {} : { failed_login_count: 1 };
}

/** Follows from the marker, so that the checker can tell whether an event is still what was sent. */
function payloadOf(marker: string): string {
  return createHash('md5').update(marker).digest('hex').repeat(4);
}

function idOf(marker: string): string {
  const hex = createHash('md5').update(`id ${marker}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
}
