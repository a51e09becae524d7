import { createHash } from 'node:crypto';
import { readEvents } from '@tocsin/ingest-service/domain/read-events.ts';
import { isProblem } from '@tocsin/kernel/problem.ts';
import { VICTIM_EVENTS } from '../../torture/check.ts';
import {
  type Group,
  groupName,
  type Ledger,
  type Outcome,
  type SourceKind,
} from '../../torture/ledger.ts';
import { Life, type Machine } from './machine.ts';
import { type SimProduct, TENANT } from './processes.ts';

const KINDS: readonly SourceKind[] = ['keyed', 'ids', 'plain'];
const BATCH = VICTIM_EVENTS;
const AGAIN_MS = 400;
const PATIENCE_MS = 20_000;
/** Of an answer that is lost on its way, and of a client that does not wait for it. */
const ANSWER_LOST = 0.05;

/** Sources that send batches and keep the ledger, as the writer of `tests/torture` does. */
export class SimClient {
  /** Sources that have not had their last batch acknowledged. */
  busy: number;
  readonly #machine: Machine;
  readonly #product: SimProduct;
  readonly #ledger: Ledger;
  readonly #life = new Life('client');

  constructor(machine: Machine, product: SimProduct, ledger: Ledger, batches: number) {
    this.#machine = machine;
    this.#product = product;
    this.#ledger = ledger;
    this.busy = KINDS.length;
    for (const [source, kind] of KINDS.entries()) void this.#source(source, kind, batches);
  }

  async #source(source: number, kind: SourceKind, batches: number): Promise<void> {
    const machine = this.#machine;
    for (let batch = 0; batch < batches; batch += 1) {
      await machine.sleep(this.#life, machine.below(4_000));
      const attacked = kind !== 'plain' && machine.chance(0.5);
      const victim = attacked ? `victim-${source}-${batch}` : '';
      // The sender's clock is right: it is the machine's that jumps.
      const at = new Date(machine.now).toISOString();
      for (let tries = 0; ; tries += 1) {
        const attempt = kind === 'plain' ? tries : 0;
        const group = this.#ledger.open({ kind, source, batch, attempt, size: BATCH, victim });
        const { outcome, why } = await this.#try(group, bodyOf(group, at));
        this.#ledger.close(group, outcome, why, machine.elapsed);
        if (outcome === 'acknowledged') break;
        await machine.sleep(this.#life, AGAIN_MS);
      }
    }
    this.busy -= 1;
  }

  async #try(group: Group, body: Buffer): Promise<{ outcome: Outcome; why: string }> {
    const data = this.#product.data;
    if (data === undefined) return { outcome: 'refused', why: 'ECONNREFUSED' };
    const { runs } = readEvents(TENANT, body);
    const key = {
      tenantId: TENANT,
      contentType: 'application/x-tocsin-events',
      sourceHint: '',
    } as const;
    const origin = { requestId: '', traceparent: '' };
    const taken =
      group.kind === 'keyed'
        ? data.coalescer.addKeyed(key, origin, runs, `${group.source}-${group.batch}`)
        : data.coalescer.add(key, origin, runs);
    const answer = taken.then(
      () => ({ outcome: 'acknowledged' as const, why: '202' }),
      (error: unknown) =>
        isProblem(error)
          ? { outcome: 'refused' as const, why: error.code }
          : { outcome: 'unknown' as const, why: '502' },
    );
    const gone = new Promise<{ outcome: Outcome; why: string }>((resolve) => {
      data.life.onEnd(() => resolve({ outcome: 'unknown', why: 'ECONNRESET' }));
    });
    const hasty = this.#machine.hostile && this.#machine.chance(ANSWER_LOST);
    const timeout = this.#machine
      .sleep(this.#life, hasty ? this.#machine.below(5) : PATIENCE_MS)
      .then(() => ({ outcome: 'unknown' as const, why: 'timeout' }));
    const heard = await Promise.race([answer, gone, timeout]);
    const lost = this.#machine.hostile && this.#machine.chance(ANSWER_LOST);
    return lost && heard.outcome === 'acknowledged'
      ? { outcome: 'unknown', why: 'answer lost' }
      : heard;
  }
}

function bodyOf(group: Group, at: string): Buffer {
  const name = groupName(group.source, group.batch, group.attempt);
  const lines = Array.from({ length: group.size }, (_, index) => {
    const marker = `${name}/${index}`;
    const happened =
      group.victim === ''
        ? { category: 'network', action: 'sim' }
        : { category: 'auth', outcome: 'failure', actor: { id: group.victim, name: group.victim } };
    return JSON.stringify({
      ...(group.kind === 'ids' ? { event_id: idOf(marker) } : {}),
      timestamp: at,
      target: { type: 'asset', id: marker },
      ...happened,
      attributes: { marker, ...(group.victim === '' ? {} : { failed_login_count: 1 }) },
    });
  });
  return Buffer.from(lines.join('\n'));
}

function idOf(marker: string): string {
  const hex = createHash('md5').update(`id ${marker}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
}
